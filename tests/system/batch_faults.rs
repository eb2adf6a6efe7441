//! A large batch with faults of many kinds: each fault is one failed item with its reason, and nothing else.

use crate::support::{Api, System, batch_of, item_override, lead_of, new_id_text, reason};
use futures_util::{StreamExt, stream};
use opportune_contract::v1::{
    ArchiveLeadRequest, BatchConvertLeadsRequest, BatchState, ConversionState, ConvertInstruction, Lead, LeadFilter,
    LeadType, MarkLeadLostRequest, MarkLeadWonRequest, MergeLeadsRequest, RestoreLeadRequest, Salesperson,
    UpdateSalespersonRequest, convert_instruction::Customer,
};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

/// Items, of which 137 are faults: 15 of each kind, and one more of the first two.
const ITEMS: usize = 10_000;
const OF_EACH: usize = 15;
/// Calls at a time.
const IN_FLIGHT: usize = 16;

/// Faulty ids by the reason that is expected.
type Faults = BTreeMap<&'static str, Vec<String>>;

async fn each<F: Future<Output = ()>>(ids: &[String], call: impl Fn(String) -> F) {
    stream::iter(ids.to_vec()).for_each_concurrent(IN_FLIGHT, call).await;
}

async fn import(api: &Api, leads: Vec<Lead>) -> Vec<String> {
    let names: Vec<String> = leads.iter().map(|lead| lead.external_id.clone()).collect();
    api.import(leads).await;
    let all = api.all_leads(LeadFilter::default()).await;
    let by_name: BTreeMap<String, String> = all.into_iter().map(|lead| (lead.external_id, lead.id)).collect();
    names.iter().map(|name| by_name[name].clone()).collect()
}

fn named(kind: &str, number: usize) -> Lead {
    Lead {
        external_id: format!("{kind}-{number}"),
        ..lead_of(&format!("{kind} {number}"))
    }
}

async fn leads_of(api: &Api, kind: &str, count: usize) -> Vec<String> {
    import(api, (0..count).map(|number| named(kind, number)).collect()).await
}

async fn lose(api: &Api, ids: &[String]) {
    each(ids, |id| async move {
        let request = MarkLeadLostRequest {
            id,
            ..MarkLeadLostRequest::default()
        };
        api.leads().mark_lead_lost(request).await.unwrap();
    })
    .await;
}

async fn archive(api: &Api, ids: &[String]) {
    each(ids, |id| async move {
        api.leads().archive_lead(ArchiveLeadRequest { id }).await.unwrap();
    })
    .await;
}

async fn restore(api: &Api, ids: &[String]) {
    each(ids, |id| async move {
        api.leads().restore_lead(RestoreLeadRequest { id }).await.unwrap();
    })
    .await;
}

async fn set_active(api: &Api, id: &str, active: bool) {
    let request = UpdateSalespersonRequest {
        salesperson: Some(Salesperson {
            id: id.to_owned(),
            active: Some(active),
            ..Salesperson::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["active".to_owned()],
        }),
    };
    api.teams().update_salesperson(request).await.unwrap();
}

/// Merges each of `ids` into an older record, which is then lost. Returns those.
async fn merge_away(api: &Api, older: &[String], ids: &[String]) {
    let pairs: Vec<_> = older.iter().cloned().zip(ids.iter().cloned()).collect();
    stream::iter(pairs)
        .for_each_concurrent(IN_FLIGHT, |(survivor, gone)| async move {
            let request = MergeLeadsRequest {
                lead_ids: vec![survivor, gone],
                wait: Some(prost_types::Duration { seconds: 60, nanos: 0 }),
                ..MergeLeadsRequest::default()
            };
            let merged = api.conversions().merge_leads(request).await.unwrap().into_inner();
            assert_eq!(merged.conversion.unwrap().state(), ConversionState::Succeeded);
        })
        .await;
    lose(api, older).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_items_with_faults_of_nine_kinds_end_as_they_should() {
    let began = std::time::Instant::now();
    let system = System::start().await;
    let api = &system.api();
    let mut faults = Faults::new();
    faults.insert("LEAD_NOT_FOUND", (0..=OF_EACH).map(|_| new_id_text()).collect());
    let opportunities = (0..=OF_EACH).map(|number| Lead {
        r#type: LeadType::Opportunity.into(),
        ..named("done", number)
    });
    faults.insert("LEAD_ALREADY_CONVERTED", import(api, opportunities.collect()).await);
    let won = leads_of(api, "won", OF_EACH).await;
    each(&won, |id| async move {
        api.leads().mark_lead_won(MarkLeadWonRequest { id }).await.unwrap();
    })
    .await;
    faults.insert("LEAD_WON", won);
    let lost = leads_of(api, "lost", OF_EACH).await;
    lose(api, &lost).await;
    faults.insert("LEAD_LOST", lost.clone());
    let archived = leads_of(api, "archived", OF_EACH).await;
    archive(api, &archived).await;
    faults.insert("LEAD_ARCHIVED", archived.clone());
    let survivors = leads_of(api, "survivor", OF_EACH).await;
    let merged = leads_of(api, "merged", OF_EACH).await;
    merge_away(api, &survivors, &merged).await;
    faults.insert("LEAD_MERGED", merged);
    let strangers = leads_of(api, "twin", OF_EACH).await;
    let twins = (0..OF_EACH).map(|number| Lead {
        external_id: format!("second-{number}"),
        ..named("twin", number)
    });
    faults.insert("DUPLICATES_FOUND", import(api, twins.collect()).await);
    faults.insert("CUSTOMER_NOT_FOUND", leads_of(api, "linked", OF_EACH).await);
    faults.insert("FIELD_INVALID", leads_of(api, "assigned", OF_EACH).await);
    let planted: usize = faults.values().map(Vec::len).sum();
    assert_eq!((faults.len(), planted), (9, 137));

    let idle = api.create_salesperson("Ida Idle").await.id;
    set_active(api, &idle, false).await;
    let to_nobody = faults["CUSTOMER_NOT_FOUND"].iter().map(|lead| {
        let instruction = ConvertInstruction {
            customer: Some(Customer::LinkCustomerId(new_id_text())),
            ..ConvertInstruction::default()
        };
        item_override(lead, instruction)
    });
    let to_idle = faults["FIELD_INVALID"].iter().map(|lead| {
        let instruction = ConvertInstruction {
            salesperson_id: idle.clone(),
            ..ConvertInstruction::default()
        };
        item_override(lead, instruction)
    });
    let overrides = to_nobody.chain(to_idle).collect();
    let mut ids = leads_of(api, "good", ITEMS - planted).await;
    // The faults stand everywhere in between.
    for (place, fault) in faults.values().flatten().enumerate() {
        ids.insert(place * 72, fault.clone());
    }
    println!("everything was there after {:?}", began.elapsed());

    let request = BatchConvertLeadsRequest {
        overrides,
        request_id: new_id_text(),
        ..batch_of(&ids)
    };
    let batch = api.batch(request).await;
    println!("the batch was over after {:?}", began.elapsed());
    assert_eq!(batch.state(), BatchState::Finished);
    assert_eq!(
        (batch.total_count, batch.succeeded_count, batch.failed_count),
        (10_000, 9_863, 137)
    );
    let items = api.items(&batch.id).await;
    let found: BTreeMap<String, BTreeSet<&String>> = by_reason(&items);
    let planted: BTreeMap<String, BTreeSet<&String>> = faults
        .iter()
        .map(|(reason, ids)| ((*reason).to_owned(), ids.iter().collect()))
        .collect();
    assert_eq!(found, planted, "each for its own reason");

    restore(api, &lost).await;
    restore(api, &archived).await;
    restore(api, &survivors).await;
    archive(api, &strangers).await;
    set_active(api, &idle, true).await;
    api.retry_batch(&batch.id, &new_id_text()).await.unwrap();
    let repaired = api.over(&batch.id).await;
    println!("the repaired ones were over after {:?}", began.elapsed());
    assert_eq!(
        (repaired.succeeded_count, repaired.failed_count),
        (9_863 + 75, 137 - 75)
    );
    let again = api.items(&batch.id).await;
    let faulty: BTreeSet<&String> = faults.values().flatten().collect();
    for (lead, item) in &items {
        let now = &again[lead];
        if faulty.contains(lead) {
            assert_eq!(now.attempt, 2, "{now:?}");
        } else {
            assert_eq!(now, item, "nobody has touched it");
        }
    }
    let hopeless = [
        "LEAD_NOT_FOUND",
        "LEAD_ALREADY_CONVERTED",
        "LEAD_WON",
        "CUSTOMER_NOT_FOUND",
    ];
    assert_eq!(
        by_reason(&again).keys().map(String::as_str).collect::<BTreeSet<_>>(),
        BTreeSet::from(hopeless)
    );
    assert_eq!(system.site.database.stale_forms().await.unwrap(), 0);
}

fn by_reason(items: &BTreeMap<String, opportune_contract::v1::Conversion>) -> BTreeMap<String, BTreeSet<&String>> {
    let mut by_reason: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for (lead, item) in items.iter().filter(|(_, item)| item.state() == ConversionState::Failed) {
        by_reason.entry(reason(item)).or_default().insert(lead);
    }
    by_reason
}
