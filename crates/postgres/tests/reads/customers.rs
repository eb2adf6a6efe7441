//! Customers.

use crate::bench::Bench;
use opportune_application::ports::Reads;
use opportune_domain::normal;
use opportune_testkit::{customer, moment};

#[tokio::test]
async fn customers_are_listed_oldest_first_and_found_by_all_words() {
    let bench = Bench::new().await;
    let people = ["Ann Lee", "Bob Lee", "Eve Lee"].map(|name| customer(name, moment(0)));
    bench
        .write(|world| {
            for person in &people {
                world.put_customer(person.clone());
            }
        })
        .await;
    let words = normal::words(std::iter::once("lee"));
    let first = bench.reads.list_customers(bench.tenant, &words, None, 2).await.unwrap();
    let names: Vec<&str> = first.items.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Ann Lee", "Bob Lee"]);
    let second = bench
        .reads
        .list_customers(bench.tenant, &words, first.next.as_ref(), 2)
        .await
        .unwrap();
    assert_eq!((second.items.len(), second.next), (1, None));
    assert_eq!(bench.reads.total_customers(bench.tenant, &words).await.unwrap(), 3);
    let both = normal::words(std::iter::once("lee eve"));
    assert_eq!(bench.reads.total_customers(bench.tenant, &both).await.unwrap(), 1);
    assert_eq!(bench.reads.total_customers(bench.tenant, &[]).await.unwrap(), 3);
}

#[tokio::test]
async fn a_customer_is_read_as_it_was_written() {
    let bench = Bench::new().await;
    let mut person = customer("Ann Lee", moment(5));
    bench
        .write(|world| drop(world.put_customer(person.clone()).clone()))
        .await;
    let read = bench.reads.customer(bench.tenant, person.id).await.unwrap().unwrap();
    person.version = read.version;
    person.update_time = read.update_time;
    assert_eq!(read, person);
}
