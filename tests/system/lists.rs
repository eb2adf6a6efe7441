//! Lists of records: conditions, order, and callers that synchronise.

use crate::support::{Api, System, lead_of, new_id};
use opportune_contract::google::r#type::Money;
use opportune_contract::v1::{
    ArchiveLeadRequest, Customer, Lead, LeadFilter, LeadStatus, LeadType, ListCustomersRequest, ListLeadsRequest,
    MarkLeadLostRequest, MarkLeadWonRequest, UpdateLeadRequest,
};
use std::collections::BTreeSet;

/// The titles of the records that a filter lets through.
async fn titles(api: &Api, filter: LeadFilter) -> BTreeSet<String> {
    api.all_leads(filter).await.into_iter().map(|lead| lead.title).collect()
}

fn set(titles: &[&str]) -> BTreeSet<String> {
    titles.iter().map(|title| (*title).to_owned()).collect()
}

fn titled(title: &str) -> Lead {
    Lead {
        title: title.to_owned(),
        ..lead_of(title)
    }
}

#[tokio::test]
async fn each_condition_of_a_filter_holds_and_all_hold_together() {
    let system = System::start().await;
    let api = system.api();
    let (person, team) = (api.create_salesperson("Bo").await, api.create_team("North").await);
    let customer = api
        .create_customer(Customer {
            name: "Cole".into(),
            ..Customer::default()
        })
        .await;
    let plain = api.create(titled("Alpha")).await;
    api.create(Lead {
        salesperson_id: person.id.clone(),
        ..titled("Beta")
    })
    .await;
    api.create(Lead {
        team_id: team.id.clone(),
        r#type: LeadType::Opportunity.into(),
        ..titled("Gamma")
    })
    .await;
    api.create(Lead {
        customer_id: customer.id.clone(),
        external_id: "x-1".into(),
        ..titled("Delta")
    })
    .await;

    let every = LeadFilter::default();
    let table = [
        (LeadFilter::default(), set(&["Alpha", "Beta", "Gamma", "Delta"])),
        (
            LeadFilter {
                r#type: LeadType::Opportunity.into(),
                ..every.clone()
            },
            set(&["Gamma"]),
        ),
        (
            LeadFilter {
                salesperson_id: person.id.clone(),
                ..every.clone()
            },
            set(&["Beta"]),
        ),
        (
            LeadFilter {
                unassigned: true,
                ..every.clone()
            },
            set(&["Alpha", "Gamma", "Delta"]),
        ),
        (
            LeadFilter {
                team_id: team.id.clone(),
                ..every.clone()
            },
            set(&["Gamma"]),
        ),
        (
            LeadFilter {
                customer_id: customer.id,
                ..every.clone()
            },
            set(&["Delta"]),
        ),
        (
            LeadFilter {
                external_id: "x-1".into(),
                ..every.clone()
            },
            set(&["Delta"]),
        ),
        (
            LeadFilter {
                external_id: "x-2".into(),
                ..every.clone()
            },
            set(&[]),
        ),
        (
            LeadFilter {
                stage_id: plain.stage_id,
                ..every.clone()
            },
            set(&["Alpha", "Beta", "Gamma", "Delta"]),
        ),
        (
            LeadFilter {
                team_id: team.id,
                salesperson_id: person.id,
                ..every
            },
            set(&[]),
        ),
    ];
    for (filter, expected) in table {
        assert_eq!(titles(&api, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn records_are_listed_by_status_and_tombstones_never_unasked() {
    let system = System::start().await;
    let api = system.api();
    for title in ["Open", "Won", "Lost", "Archived"] {
        let id = api.create(titled(title)).await.id;
        match title {
            "Won" => drop(api.leads().mark_lead_won(MarkLeadWonRequest { id }).await.unwrap()),
            "Lost" => {
                let request = MarkLeadLostRequest {
                    id,
                    ..MarkLeadLostRequest::default()
                };
                drop(api.leads().mark_lead_lost(request).await.unwrap());
            }
            "Archived" => drop(api.leads().archive_lead(ArchiveLeadRequest { id }).await.unwrap()),
            _ => {}
        }
    }
    let by_status = |status: LeadStatus| LeadFilter {
        status: status.into(),
        ..LeadFilter::default()
    };
    for (status, expected) in [
        (LeadStatus::Open, set(&["Open"])),
        (LeadStatus::Won, set(&["Won"])),
        (LeadStatus::Lost, set(&["Lost"])),
        (LeadStatus::Archived, set(&["Archived"])),
        (LeadStatus::Merged, set(&[])),
        (LeadStatus::Unspecified, set(&["Open", "Won", "Lost", "Archived"])),
    ] {
        assert_eq!(titles(&api, by_status(status)).await, expected, "{status:?}");
    }
}

#[tokio::test]
async fn text_finds_every_word_without_regard_to_case_and_accents() {
    let system = System::start().await;
    let api = system.api();
    api.create(Lead {
        title: "Offre pour Zoé".into(),
        company_name: "Société Générale".into(),
        ..lead_of("Zoé Q")
    })
    .await;
    api.create(Lead {
        title: "Other".into(),
        email: "zoe@elsewhere.example".into(),
        ..lead_of("Bo Berg")
    })
    .await;
    let find = |text: &str| LeadFilter {
        text: text.to_owned(),
        ..LeadFilter::default()
    };
    for (text, expected) in [
        ("zoe", set(&["Offre pour Zoé", "Other"])),
        ("ZOÉ societe", set(&["Offre pour Zoé"])),
        ("generale nothing", set(&[])),
        ("elsewhere", set(&["Other"])),
    ] {
        assert_eq!(titles(&api, find(text)).await, expected, "{text}");
    }
    api.create_customer(Customer {
        name: "Zoé Quist".into(),
        ..Customer::default()
    })
    .await;
    let request = ListCustomersRequest {
        text: "zoe QUIST".into(),
        ..ListCustomersRequest::default()
    };
    assert_eq!(
        api.customers()
            .list_customers(request)
            .await
            .unwrap()
            .into_inner()
            .total_size,
        1
    );
}

#[tokio::test]
async fn records_come_in_the_order_that_was_asked_for() {
    let system = System::start().await;
    let api = system.api();
    let revenue = |units| {
        Some(Money {
            currency_code: "EUR".into(),
            units,
            nanos: 0,
        })
    };
    api.create(Lead {
        expected_revenue: revenue(300),
        priority: 1,
        ..titled("first")
    })
    .await;
    api.create(Lead {
        priority: 3,
        ..titled("second")
    })
    .await;
    let third = api
        .create(Lead {
            expected_revenue: revenue(100),
            priority: 2,
            ..titled("third")
        })
        .await;
    let change = Lead {
        id: third.id,
        city: "Delft".into(),
        ..Lead::default()
    };
    api.create(titled("fourth")).await;
    api.leads()
        .update_lead(UpdateLeadRequest {
            lead: Some(change),
            update_mask: None,
        })
        .await
        .unwrap();
    for (order, expected) in [
        ("", ["fourth", "third", "second", "first"]),
        ("create_time", ["first", "second", "third", "fourth"]),
        ("create_time desc", ["fourth", "third", "second", "first"]),
        ("update_time desc", ["third", "fourth", "second", "first"]),
        ("priority desc", ["second", "third", "first", "fourth"]),
    ] {
        let request = ListLeadsRequest {
            order_by: order.to_owned(),
            ..ListLeadsRequest::default()
        };
        let page = api.leads().list_leads(request).await.unwrap().into_inner();
        let found: Vec<_> = page.leads.iter().map(|lead| lead.title.as_str()).collect();
        assert_eq!(found, expected, "{order}");
    }
    for (order, expected) in [
        ("expected_revenue", ["third", "first"]),
        ("expected_revenue desc", ["first", "third"]),
    ] {
        let request = ListLeadsRequest {
            order_by: order.to_owned(),
            ..ListLeadsRequest::default()
        };
        let page = api.leads().list_leads(request).await.unwrap().into_inner();
        let found: Vec<_> = page.leads.iter().take(2).map(|lead| lead.title.as_str()).collect();
        assert_eq!(found, expected, "{order}: records without a value come last");
    }
}

#[tokio::test]
async fn a_caller_that_synchronises_hears_of_every_change_once() {
    let system = System::start().await;
    let api = system.api();
    for number in 0..5 {
        api.create(titled(&format!("old {number}"))).await;
    }
    let seen = api.all_leads(LeadFilter::default()).await;
    let latest = seen
        .iter()
        .filter_map(|lead| lead.update_time)
        .max_by_key(|time| (time.seconds, time.nanos));
    api.converted(&seen[2].id).await;
    api.create(titled("new")).await;
    let since = LeadFilter {
        updated_after: latest,
        ..LeadFilter::default()
    };
    assert_eq!(titles(&api, since.clone()).await, set(&["old 2", "new"]));
    let request = ListLeadsRequest {
        filter: Some(since),
        order_by: "update_time".into(),
        ..ListLeadsRequest::default()
    };
    let page = api.leads().list_leads(request).await.unwrap().into_inner();
    assert_eq!(page.leads.last().unwrap().title, "new");
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let system = System::start().await;
    let api = system.api();
    let other = api.as_tenant(new_id());
    let lead = api.create(lead_of("Ann Lee")).await;
    let conversion = api.converted(&lead.id).await;
    let customer = api.lead(&lead.id).await.customer_id;
    assert!(other.all_leads(LeadFilter::default()).await.is_empty());
    assert_eq!(other.count_customers().await, 0);
    assert_eq!(other.count_conversions(Default::default()).await.unwrap(), 0);
    crate::access::nothing_is_found(&other, &lead.id, &customer, &conversion.id).await;
    let twin = other
        .create(Lead {
            external_id: lead.external_id.clone(),
            ..lead_of("Ann Lee")
        })
        .await;
    let result = other.converted(&twin.id).await.result.unwrap();
    assert_ne!(result.customer_id, customer, "not even by the same address");
}
