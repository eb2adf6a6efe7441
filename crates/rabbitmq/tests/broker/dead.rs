//! What an operator does with dead letters.

use crate::support::{Bench, TENANT, conversion, take};
use lapin::BasicProperties;
use opportune_application::ports::{Publisher, QueueName};
use opportune_rabbitmq::topology::{CONVERSIONS_QUEUE, DEAD_QUEUE};
use opportune_rabbitmq::{DeadLetters, Replayed, Selection};

async fn three_given_up() -> (Bench, DeadLetters) {
    let bench = Bench::new().await;
    for number in 1..=3 {
        bench
            .publisher
            .dead_letter(TENANT, conversion(number), "given up after 5 tries")
            .await
            .unwrap();
    }
    bench.until_depth(DEAD_QUEUE, 3).await;
    let letters = DeadLetters::new(bench.publisher.clone());
    (bench, letters)
}

async fn numbers(letters: &DeadLetters) -> Vec<u128> {
    let list = letters.list(100).await.unwrap();
    list.iter().map(|letter| letter.conversions[0].0.as_u128()).collect()
}

#[tokio::test]
async fn dead_letters_are_listed_in_order_and_stay() {
    let (bench, letters) = three_given_up().await;
    for _ in 0..3 {
        assert_eq!(numbers(&letters).await, [1, 2, 3]);
    }
    assert_eq!(letters.list(2).await.unwrap().len(), 2);
    let letter = letters.list(1).await.unwrap().remove(0);
    assert_eq!((letter.position, letter.reason.as_str()), (1, "given up after 5 tries"));
    assert_eq!(
        (letter.tenant, letter.queue.as_str()),
        (Some(TENANT), CONVERSIONS_QUEUE)
    );
    assert!(letter.time.is_some() && !letter.id.is_empty());
    bench.until_depth(DEAD_QUEUE, 3).await;
}

#[tokio::test]
async fn a_replayed_letter_is_a_job_again() {
    let (bench, letters) = three_given_up().await;
    let replayed = letters.replay(Selection::Position(2)).await.unwrap();
    assert_eq!(
        replayed,
        Replayed {
            replayed: 1,
            unreadable: 0
        }
    );
    let job = take(&mut bench.subscribe(QueueName::Interactive).await).await;
    assert_eq!((job.tenant, job.conversions.as_slice()), (TENANT, &[conversion(2)][..]));
    assert_eq!(numbers(&letters).await, [1, 3]);
    assert_eq!(
        letters
            .replay(Selection::Conversion(conversion(3)))
            .await
            .unwrap()
            .replayed,
        1
    );
    assert_eq!(numbers(&letters).await, [1]);
}

#[tokio::test]
async fn a_letter_that_cannot_be_read_is_not_replayed() {
    let (bench, letters) = three_given_up().await;
    bench
        .throw_in(DEAD_QUEUE, BasicProperties::default(), b"who am I")
        .await;
    bench.until_depth(DEAD_QUEUE, 4).await;
    let replayed = letters.replay(Selection::All).await.unwrap();
    assert_eq!(
        replayed,
        Replayed {
            replayed: 3,
            unreadable: 1
        }
    );
    bench.until_depth(DEAD_QUEUE, 1).await;
    bench.until_depth(CONVERSIONS_QUEUE, 3).await;
    assert_eq!(letters.drop(Selection::All).await.unwrap(), 1);
    assert!(letters.list(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn dropped_letters_are_gone() {
    let (bench, letters) = three_given_up().await;
    assert_eq!(letters.drop(Selection::First(2)).await.unwrap(), 2);
    assert_eq!(numbers(&letters).await, [3]);
    assert_eq!(letters.drop(Selection::Position(7)).await.unwrap(), 0);
    assert_eq!(letters.drop(Selection::All).await.unwrap(), 1);
    bench.until_depth(DEAD_QUEUE, 0).await;
    bench.until_depth(CONVERSIONS_QUEUE, 0).await;
}
