//! The races.

use crate::arena::{Race, lead, run};
use crate::racer::Racer;
use chrono::{DateTime, Utc};
use opportune_domain::conversion::DuplicatePolicy;
use opportune_domain::lead::Lead;

/// Strangers.
fn strangers(now: DateTime<Utc>) -> Vec<Lead> {
    let record = |name: &str, ago| Lead {
        contact_name: name.to_owned(),
        email: format!("{}@{}.example", name.to_lowercase(), name.to_lowercase()),
        ..lead(&format!("Inquiry of {name}"), ago, now)
    };
    vec![record("Ann", 30), record("Bob", 20), record("Cid", 10)]
}

/// One person, three times.
fn one_person(now: DateTime<Utc>) -> Vec<Lead> {
    let record = |title: &str, ago| Lead {
        contact_name: "Kim Snow".to_owned(),
        email: "kim@harbor.example".to_owned(),
        ..lead(title, ago, now)
    };
    vec![record("First", 30), record("Second", 20), record("Third", 10)]
}

/// Two people of one company, each twice.
fn colleagues_twice(now: DateTime<Utc>) -> Vec<Lead> {
    let record = |name: &str, mailbox: &str, ago| Lead {
        contact_name: name.to_owned(),
        company_name: "Harbor Works Ltd".to_owned(),
        website: "harborworks.example".to_owned(),
        email: format!("{mailbox}@harborworks.example"),
        ..lead(&format!("Inquiry of {name}"), ago, now)
    };
    vec![
        record("Kim Snow", "kim", 40),
        record("Lou Reef", "lou", 30),
        record("Kim Snow", "kim", 20),
        record("Lou Reef", "lou", 10),
    ]
}

/// Runs the race, and tells how often each ending came.
async fn ends_as_in_some_order(records: fn(DateTime<Utc>) -> Vec<Lead>, before: Vec<Racer>, racers: Vec<Racer>) {
    let race = Race {
        records,
        before,
        racers,
    };
    let endings = run(&race).await;
    println!("{} endings: {:?}", endings.len(), endings.values().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_conversions_of_one_lead() {
    ends_as_in_some_order(strangers, vec![], vec![Racer::Convert(0), Racer::Convert(0)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversions_of_one_person() {
    let racers = vec![Racer::Convert(0), Racer::Convert(1), Racer::Convert(2)];
    ends_as_in_some_order(one_person, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marking_lost_against_converting() {
    ends_as_in_some_order(strangers, vec![], vec![Racer::Lose(0), Racer::Convert(0)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updating_against_converting() {
    let racers = vec![Racer::Retitle(0, "Changed"), Racer::Convert(0)];
    ends_as_in_some_order(strangers, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn merges_in_a_circle() {
    let racers = vec![
        Racer::Merge(vec![0, 1]),
        Racer::Merge(vec![1, 2]),
        Racer::Merge(vec![2, 0]),
    ];
    ends_as_in_some_order(strangers, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn merges_of_each_other_that_convert() {
    let racers = vec![Racer::MergeAndConvert(vec![0, 1]), Racer::MergeAndConvert(vec![1, 0])];
    ends_as_in_some_order(strangers, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn converting_against_merging_the_same_lead() {
    let racers = vec![Racer::Convert(1), Racer::Merge(vec![0, 1])];
    ends_as_in_some_order(strangers, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reverting_against_updating() {
    let racers = vec![Racer::Revert(0), Racer::Unlink(0), Racer::Retitle(0, "Changed")];
    ends_as_in_some_order(strangers, vec![Racer::Convert(0)], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reverting_a_merge_against_updating_and_losing_its_survivor() {
    let racers = vec![Racer::Revert(0), Racer::Retitle(0, "Changed"), Racer::Lose(0)];
    ends_as_in_some_order(strangers, vec![Racer::Merge(vec![0, 1])], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicates_that_merge_with_each_other() {
    let racers = vec![
        Racer::Together(vec![0], DuplicatePolicy::Merge),
        Racer::Together(vec![1], DuplicatePolicy::Merge),
        Racer::Together(vec![2], DuplicatePolicy::Merge),
    ];
    ends_as_in_some_order(one_person, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_lots_of_the_same_leads_in_opposite_order() {
    let racers = vec![
        Racer::Together(vec![0, 1, 2], DuplicatePolicy::Ignore),
        Racer::Together(vec![2, 1, 0], DuplicatePolicy::Ignore),
    ];
    ends_as_in_some_order(one_person, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_batches_of_the_same_leads_in_opposite_order() {
    let racers = vec![
        Racer::Batch(vec![0, 1, 2], DuplicatePolicy::Ignore),
        Racer::Batch(vec![2, 1, 0], DuplicatePolicy::Ignore),
    ];
    ends_as_in_some_order(one_person, vec![], racers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_lots_that_make_customers_of_the_same_people_and_their_company() {
    let racers = vec![
        Racer::Together(vec![0, 1], DuplicatePolicy::Ignore),
        Racer::Together(vec![3, 2], DuplicatePolicy::Ignore),
    ];
    ends_as_in_some_order(colleagues_twice, vec![], racers).await;
}
