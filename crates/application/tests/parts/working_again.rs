//! What was delivered before, or tried before, runs alone and is counted first.

use crate::store::Fault;
use crate::workshop::{Workshop, conversion_id, job, queued, within};
use opportune_application::ports::Job;
use opportune_domain::conversion::{Conversion, ConversionState};

fn again(numbers: impl IntoIterator<Item = u128>) -> Job {
    Job {
        redelivered: true,
        ..job(numbers)
    }
}

fn tried(n: u128, attempt: i32) -> Conversion {
    Conversion {
        state: ConversionState::Running,
        attempt,
        ..queued(n)
    }
}

#[tokio::test]
async fn a_redelivered_job_runs_alone_after_the_try_was_counted() {
    let shop = Workshop::new(3);
    shop.queue.put([again([2, 3]), job([1])]);
    shop.work_off(2).await;
    assert!((1..=3).all(|n| shop.state(n) == "succeeded"));
    let sets = shop.sets();
    assert!(sets.iter().all(|set| set.len() == 1), "{sets:?}");
    let of_two = sets.iter().filter(|set| **set == [2]).count();
    assert_eq!(of_two, 2, "once to count, once to settle");
    assert_eq!(shop.conversion(2).attempt, 1);
}

#[tokio::test]
async fn a_fresh_job_of_a_conversion_that_was_tried_before_runs_alone() {
    let shop = Workshop::new(3);
    shop.put(tried(2, 1));
    shop.queue.put([job([1, 2, 3])]);
    shop.work_off(1).await;
    assert_eq!(shop.sets(), [vec![1, 2, 3], vec![2], vec![2]]);
    let conversion = shop.conversion(2);
    assert_eq!((conversion.state.name(), conversion.attempt), ("succeeded", 2));
}

#[tokio::test]
async fn a_job_that_keeps_killing_its_worker_is_given_up_without_another_try() {
    let shop = Workshop::new(1);
    // One try, and one after each of the five pauses of the schedule.
    shop.put(tried(1, 6));
    shop.queue.put([again([1])]);
    shop.work_off(1).await;
    let conversion = shop.conversion(1);
    assert_eq!((conversion.state.name(), conversion.attempt), ("failed", 6));
    assert_eq!(shop.sets(), [vec![1]], "counted and given up in one unit of work");
    assert_eq!(shop.board.inside().dead, [conversion_id(1)]);
}

#[tokio::test]
async fn jobs_of_a_batch_that_broke_come_again_and_run_alone() {
    let shop = Workshop::new(2);
    shop.store.inside().faults.push_back(Fault::Panic);
    shop.queue.put([job([1, 2])]);
    shop.work_off(1).await;
    assert!((1..=2).all(|n| shop.state(n) == "succeeded"));
    assert_eq!(shop.sets(), [[1], [1], [2], [2]]);
    assert!(shop.queue.inside().acknowledged[0].redelivered);
    assert_eq!(
        shop.queue.inside().subscriptions,
        2,
        "what was held went back to the broker"
    );
}

#[tokio::test]
async fn a_queue_that_cannot_be_had_is_asked_for_again() {
    let shop = Workshop::new(1);
    shop.queue.inside().refusals = 1;
    shop.queue.put([job([1])]);
    shop.work_off(1).await;
    assert_eq!(shop.state(1), "succeeded");
    assert_eq!(shop.queue.inside().subscriptions, 2);
}

#[tokio::test]
async fn an_idle_worker_stops_at_once() {
    let running = Workshop::new(0).start();
    within(running.stop()).await;
}
