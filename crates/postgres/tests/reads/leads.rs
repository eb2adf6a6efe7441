//! Leads by id and in pages.

use crate::bench::{Bench, NEWEST, everything};
use opportune_application::ports::{LeadFilter, LeadOrder, PageAfter, Reads, SortKey};
use opportune_domain::ids::LeadId;
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::money::Money;
use opportune_domain::normal;
use opportune_testkit::{lead, moment, new_id, new_tenant};

fn titled(title: &str, second: i64) -> Lead {
    Lead {
        title: title.to_owned(),
        ..lead("Ann Lee", moment(second))
    }
}

fn order(by: SortKey, descending: bool) -> LeadOrder {
    LeadOrder { by, descending }
}

#[tokio::test]
async fn a_lead_is_read_as_it_was_written() {
    let bench = Bench::new().await;
    let mut lead = Lead {
        status: LeadStatus::Lost,
        kind: LeadType::Opportunity,
        tags: vec!["a".to_owned(), "b, c".to_owned()],
        expected_revenue: Some(Money {
            currency: "EUR".to_owned(),
            amount: "1234.567800009".parse().unwrap(),
        }),
        probability: Some(12.5),
        merged_lead_ids: vec![LeadId(new_id())],
        convert_time: Some(moment(7)),
        expected_close_date: moment(0).date_naive().succ_opt(),
        external_id: "x-1".to_owned(),
        ..titled("Everything", 3)
    };
    lead.custom_fields
        .insert("size".to_owned(), serde_json::json!({"rooms": 3}));
    bench.put(std::slice::from_ref(&lead)).await;
    let read = bench.reads.lead(bench.tenant, lead.id).await.unwrap().unwrap();
    lead.version = 1;
    lead.update_time = read.update_time;
    assert_eq!(read, lead);
}

#[tokio::test]
async fn another_tenant_reads_nothing() {
    let bench = Bench::new().await;
    let lead = titled("Mine", 0);
    bench.put(std::slice::from_ref(&lead)).await;
    let other = new_tenant();
    assert_eq!(bench.reads.lead(other, lead.id).await.unwrap(), None);
    let page = bench
        .reads
        .list_leads(other, &everything(), NEWEST, None, 10)
        .await
        .unwrap();
    assert!(page.items.is_empty());
    assert_eq!(bench.reads.total_leads(other, &everything()).await.unwrap(), 0);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_repeats_also_where_values_are_equal() {
    let bench = Bench::new().await;
    let leads: Vec<Lead> = (0..23)
        .map(|number: i32| Lead {
            priority: number % 3,
            expected_revenue: (number % 4 > 0).then(|| Money {
                currency: "EUR".to_owned(),
                amount: (number % 4).into(),
            }),
            ..titled(&format!("{number:02}"), i64::from(number / 5))
        })
        .collect();
    bench.put(&leads).await;
    for by in [
        SortKey::CreateTime,
        SortKey::UpdateTime,
        SortKey::ExpectedRevenue,
        SortKey::Priority,
    ] {
        let up = bench.titles(&everything(), order(by, false), 4).await;
        let whole = bench.titles(&everything(), order(by, false), 100).await;
        assert_eq!(up, whole, "{by:?}");
        assert_eq!(up.len(), 23, "{by:?}");
        let mut down = bench.titles(&everything(), order(by, true), 7).await;
        if by == SortKey::ExpectedRevenue {
            // Those without one are the last either way.
            down[..17].reverse();
            down[17..].reverse();
            assert_eq!(up[17..], ["00", "04", "08", "12", "16", "20"]);
        } else {
            down.reverse();
        }
        assert_eq!(up, down, "{by:?}");
    }
    let by_priority = bench
        .page(&everything(), order(SortKey::Priority, true), None, 100)
        .await;
    assert!(by_priority.items.is_sorted_by_key(|lead| -lead.priority));
    let by_revenue = bench
        .page(&everything(), order(SortKey::ExpectedRevenue, false), None, 17)
        .await;
    let amounts = by_revenue
        .items
        .iter()
        .map(|lead| lead.expected_revenue.as_ref().map(|money| money.amount));
    assert!(amounts.is_sorted());
}

#[tokio::test]
async fn a_page_that_ends_the_list_names_no_next_one() {
    let bench = Bench::new().await;
    bench.put(&[titled("1", 1), titled("2", 2)]).await;
    assert_eq!(bench.page(&everything(), NEWEST, None, 2).await.next, None);
    assert!(bench.page(&everything(), NEWEST, None, 1).await.next.is_some());
}

#[tokio::test]
async fn nothing_comes_after_a_cursor_that_cannot_be_read() {
    let bench = Bench::new().await;
    bench.put(&[titled("1", 1)]).await;
    let forged = PageAfter {
        value: "'; DROP TABLE leads".to_owned(),
        id: new_id(),
    };
    let page = bench.page(&everything(), NEWEST, Some(&forged), 10).await;
    assert!(page.items.is_empty() && page.next.is_none());
}

#[tokio::test]
async fn tombstones_are_listed_only_when_they_are_asked_for() {
    let bench = Bench::new().await;
    let tombstone = Lead {
        status: LeadStatus::Merged,
        ..titled("tombstone", 1)
    };
    bench.put(&[titled("open", 2), tombstone]).await;
    assert_eq!(bench.titles(&everything(), NEWEST, 10).await, ["open"]);
    assert_eq!(bench.total(&everything()).await, 1);
    let merged = LeadFilter {
        status: Some(LeadStatus::Merged),
        ..everything()
    };
    assert_eq!(bench.titles(&merged, NEWEST, 10).await, ["tombstone"]);
}

#[tokio::test]
async fn leads_are_found_by_all_words_of_a_text() {
    let bench = Bench::new().await;
    let companies = [("Müller GmbH", 1), ("Mueller & Söhne", 2), ("Meier GmbH", 3)];
    let leads: Vec<Lead> = companies
        .map(|(company, second)| Lead {
            company_name: company.to_owned(),
            ..titled(company, second)
        })
        .to_vec();
    bench.put(&leads).await;
    for (text, found) in [
        ("muller gmbh", vec!["Müller GmbH"]),
        ("gmbh", vec!["Meier GmbH", "Müller GmbH"]),
        ("nobody", vec![]),
    ] {
        let filter = LeadFilter {
            words: normal::words(std::iter::once(text)),
            ..everything()
        };
        assert_eq!(bench.titles(&filter, NEWEST, 10).await, found, "{text}");
        assert_eq!(
            bench.total(&filter).await,
            i64::try_from(found.len()).unwrap(),
            "{text}"
        );
    }
}

#[tokio::test]
async fn leads_are_found_by_type_status_external_id_and_change() {
    let bench = Bench::new().await;
    let lead = titled("lead", 1);
    let won = Lead {
        kind: LeadType::Opportunity,
        status: LeadStatus::Won,
        external_id: "crm-7".to_owned(),
        ..titled("won", 2)
    };
    bench.put(&[lead.clone(), won]).await;
    let changed = bench
        .reads
        .lead(bench.tenant, lead.id)
        .await
        .unwrap()
        .unwrap()
        .update_time;
    let filters = [
        (
            LeadFilter {
                kind: Some(LeadType::Lead),
                ..everything()
            },
            vec!["lead"],
        ),
        (
            LeadFilter {
                status: Some(LeadStatus::Won),
                ..everything()
            },
            vec!["won"],
        ),
        (
            LeadFilter {
                external_id: Some("crm-7".to_owned()),
                ..everything()
            },
            vec!["won"],
        ),
        (
            LeadFilter {
                external_id: Some(String::new()),
                ..everything()
            },
            vec![],
        ),
        (
            LeadFilter {
                updated_after: Some(changed),
                ..everything()
            },
            vec![],
        ),
        (
            LeadFilter {
                updated_after: Some(moment(0)),
                ..everything()
            },
            vec!["won", "lead"],
        ),
    ];
    for (filter, found) in filters {
        assert_eq!(bench.titles(&filter, NEWEST, 10).await, found, "{filter:?}");
        assert_eq!(
            bench.total(&filter).await,
            i64::try_from(found.len()).unwrap(),
            "{filter:?}"
        );
    }
}

#[tokio::test]
async fn totals_count_no_further_than_ten_thousand() {
    let bench = Bench::new().await;
    bench.put(&[titled("one of many", 1)]).await;
    // Copies bring their generated columns along.
    let copied = "ALTER TABLE leads ALTER COLUMN revenue_rank DROP EXPRESSION";
    bench.db.run(copied).await.unwrap();
    bench
        .db
        .run(
            "INSERT INTO leads SELECT another.*
            FROM generate_series(1, 10050) AS number, leads,
                jsonb_populate_record(leads, jsonb_build_object('id', gen_random_uuid(), 'number', number)) AS another",
        )
        .await
        .unwrap();
    assert_eq!(bench.total(&everything()).await, 10_000);
}
