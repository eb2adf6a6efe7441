//! Conversions.

use crate::bench::{Bench, caller};
use opportune_application::ports::{ConversionFilter, Reads, StoreError};
use opportune_domain::access::{Caller, Role};
use opportune_domain::conversion::{
    Conversion, ConversionMode, ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy, SurvivorRule,
};
use opportune_domain::ids::{BatchId, ConversionId, LeadId, SalespersonId};
use opportune_domain::lead::Lead;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::tenant::Salesperson;
use opportune_testkit::{lead, moment, new_id};
use std::sync::Arc;

pub fn conversion(lead_id: LeadId, state: ConversionState, batch_id: Option<BatchId>) -> Conversion {
    Conversion {
        id: ConversionId(new_id()),
        lead_id,
        batch_id,
        request_id: None,
        command: ConvertCommand {
            lead_id,
            etag: None,
            expected_plan_digest: None,
            mode: ConversionMode::Convert,
            merge_lead_ids: Vec::new(),
            survivor_rule: SurvivorRule::EarliestCreated,
            on_duplicates: DuplicatePolicy::Ignore,
            customer: CustomerChoice::MatchOrCreate,
            salesperson_id: None,
            team_id: None,
            force_assignment: false,
            caller: Caller::default(),
        },
        state,
        attempt: 0,
        traceparent: String::new(),
        create_time: moment(0),
        start_time: None,
        end_time: None,
        revert_deadline: None,
    }
}

fn failed() -> ConversionState {
    ConversionState::Failed {
        error: Box::new(Refusal::new(Reason::LeadWon, "it is won").with("lead_id", 7)),
    }
}

async fn listed(bench: &Bench, filter: &ConversionFilter) -> Vec<ConversionId> {
    let page = bench
        .reads
        .list_conversions(bench.tenant, filter, None, 100)
        .await
        .unwrap();
    let total = bench.reads.total_conversions(bench.tenant, filter).await.unwrap();
    assert_eq!(total, i64::try_from(page.items.len()).unwrap());
    page.items.into_iter().map(|one| one.id).collect()
}

#[tokio::test]
async fn conversions_are_listed_newest_first_page_by_page() {
    let bench = Bench::new().await;
    let all: Vec<Conversion> = (0..7).map(|_| conversion(LeadId(new_id()), failed(), None)).collect();
    bench
        .write(|world| all.iter().cloned().for_each(|one| world.put_conversion(one)))
        .await;
    let filter = ConversionFilter::default();
    let first = bench
        .reads
        .list_conversions(bench.tenant, &filter, None, 4)
        .await
        .unwrap();
    let rest = bench
        .reads
        .list_conversions(bench.tenant, &filter, first.next.as_ref(), 4)
        .await
        .unwrap();
    assert_eq!(rest.next, None);
    let mut read: Vec<Conversion> = first.items.into_iter().chain(rest.items).collect();
    read.reverse();
    assert_eq!(read, all);
}

#[tokio::test]
async fn conversions_are_found_by_lead_batch_and_state() {
    let bench = Bench::new().await;
    let (lead, batch) = (LeadId(new_id()), BatchId(new_id()));
    let of_lead = conversion(lead, failed(), None);
    let of_batch = conversion(LeadId(new_id()), ConversionState::Queued, Some(batch));
    bench
        .write(|world| {
            world.put_batch(opportune_testkit::batch(batch, world.now));
            world.put_conversion(of_lead.clone());
            world.put_conversion(of_batch.clone());
        })
        .await;
    let by = ConversionFilter::default;
    assert_eq!(
        listed(
            &bench,
            &ConversionFilter {
                lead_id: Some(lead),
                ..by()
            }
        )
        .await,
        [of_lead.id]
    );
    assert_eq!(
        listed(
            &bench,
            &ConversionFilter {
                batch_id: Some(batch),
                ..by()
            }
        )
        .await,
        [of_batch.id]
    );
    let failed = ConversionFilter {
        state: Some("failed".to_owned()),
        ..by()
    };
    assert_eq!(listed(&bench, &failed).await, [of_lead.id]);
}

#[tokio::test]
async fn conversions_of_leads_that_the_caller_may_not_see_are_left_out() {
    let bench = Bench::new().await;
    let bob = SalespersonId(new_id());
    let bobs = Lead {
        salesperson_id: Some(bob),
        ..lead("Eve", moment(0))
    };
    let nobodys = lead("Eve", moment(0));
    let of = |id| conversion(id, failed(), None);
    let (hidden, free, unknown) = (of(bobs.id), of(nobodys.id), of(LeadId(new_id())));
    bench
        .write(|world| {
            let person = Salesperson {
                id: bob,
                name: "Bob".to_owned(),
                email: String::new(),
                active: true,
                create_time: moment(0),
            };
            Arc::make_mut(&mut world.config).salespeople.insert(bob, person);
            world.changes.salespeople.insert(bob);
            world.put_lead(bobs.clone());
            world.put_lead(nobodys.clone());
            for one in [&hidden, &free, &unknown] {
                world.put_conversion(one.clone());
            }
        })
        .await;
    let by = |role, actor| ConversionFilter {
        caller: caller(role, actor),
        ..ConversionFilter::default()
    };
    assert_eq!(listed(&bench, &by(Role::Manager, None)).await.len(), 3);
    let visible = [unknown.id, free.id];
    assert_eq!(listed(&bench, &by(Role::SalespersonOwn, Some(new_id()))).await, visible);
    assert_eq!(listed(&bench, &by(Role::SalespersonOwn, None)).await, visible);
    assert_eq!(listed(&bench, &by(Role::SalespersonOwn, Some(bob.0))).await.len(), 3);
    assert_eq!(listed(&bench, &by(Role::Operator, None)).await, [unknown.id]);
}

#[tokio::test]
async fn a_row_that_breaks_its_type_is_an_error_that_names_it_without_its_content() {
    let bench = Bench::new().await;
    let one = conversion(LeadId(new_id()), failed(), None);
    bench.write(|world| world.put_conversion(one.clone())).await;
    bench
        .db
        .run("UPDATE conversions SET error = '{\"secret\": 1}'")
        .await
        .unwrap();
    let error = bench.reads.conversion(bench.tenant, one.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Failed(_)));
    let text = error.to_string();
    assert!(
        text.contains("conversions") && text.contains("error") && text.contains(&one.id.to_string()),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
}
