//! Records to be created or changed.

use super::case::{Case, case};
use super::contact::{lead_texts, wrong_texts};
use crate::support::{Api, lead_of};
use opportune_contract::google::r#type::{Date, Money};
use opportune_contract::v1::{CreateLeadRequest, Lead, UpdateLeadRequest};
use prost_types::{FieldMask, Struct, Value, value::Kind};
use tonic::Status;

/// Records with one wrong field each, with its name.
pub fn wrong_records() -> Vec<(String, Lead)> {
    let good = || lead_of("Wrong One");
    let money = |code: &str, units, nanos| {
        Some(Money {
            currency_code: code.into(),
            units,
            nanos,
        })
    };
    let date = |year, month, day| Some(Date { year, month, day });
    let mut wrong = wrong_texts(&good(), lead_texts());
    let others = [
        ("type", Lead { r#type: 99, ..good() }),
        (
            "country",
            Lead {
                country: "nl".into(),
                ..good()
            },
        ),
        (
            "country",
            Lead {
                country: "NLD".into(),
                ..good()
            },
        ),
        (
            "language",
            Lead {
                language: "x".repeat(36),
                ..good()
            },
        ),
        (
            "language",
            Lead {
                language: "pt BR".into(),
                ..good()
            },
        ),
        (
            "tags",
            Lead {
                tags: vec!["a".into(); 101],
                ..good()
            },
        ),
        (
            "tags[1]",
            Lead {
                tags: vec!["a".into(), "b".repeat(101)],
                ..good()
            },
        ),
        (
            "tags[0]",
            Lead {
                tags: vec![String::new()],
                ..good()
            },
        ),
        ("priority", Lead { priority: -1, ..good() }),
        ("priority", Lead { priority: 4, ..good() }),
        (
            "probability",
            Lead {
                probability: Some(-0.1),
                ..good()
            },
        ),
        (
            "probability",
            Lead {
                probability: Some(100.1),
                ..good()
            },
        ),
        (
            "probability",
            Lead {
                probability: Some(f64::NAN),
                ..good()
            },
        ),
        (
            "expected_revenue.currency_code",
            Lead {
                expected_revenue: money("euro", 1, 0),
                ..good()
            },
        ),
        (
            "expected_revenue.nanos",
            Lead {
                expected_revenue: money("EUR", 1, 1_000_000_000),
                ..good()
            },
        ),
        (
            "expected_revenue.nanos",
            Lead {
                expected_revenue: money("EUR", 1, -1),
                ..good()
            },
        ),
        (
            "expected_close_date",
            Lead {
                expected_close_date: date(2027, 2, 30),
                ..good()
            },
        ),
        (
            "expected_close_date",
            Lead {
                expected_close_date: date(2027, 13, 1),
                ..good()
            },
        ),
        (
            "stage_id",
            Lead {
                stage_id: "new".into(),
                ..good()
            },
        ),
        (
            "salesperson_id",
            Lead {
                salesperson_id: "bo".into(),
                ..good()
            },
        ),
        (
            "team_id",
            Lead {
                team_id: "north".into(),
                ..good()
            },
        ),
        (
            "customer_id",
            Lead {
                customer_id: "00000000000070008000000000000001".into(),
                ..good()
            },
        ),
        (
            "custom_fields",
            Lead {
                custom_fields: Some(custom(65_537)),
                ..good()
            },
        ),
    ];
    wrong.extend(others.map(|(field, lead)| (field.to_owned(), lead)));
    wrong
}

fn custom(bytes: usize) -> Struct {
    let value = Value {
        kind: Some(Kind::StringValue("x".repeat(bytes))),
    };
    Struct {
        fields: [("note".to_owned(), value)].into(),
    }
}

/// Creating and changing.
pub fn cases(lead: &Lead) -> Vec<Case> {
    let mut cases = Vec::new();
    for (field, wrong) in wrong_records() {
        let path = format!("lead.{field}");
        let given = wrong.clone();
        cases.push(case!(path.as_str(), |api| create(api, given.clone())));
        // The type of a record is not changed by its caller.
        if field == "type" {
            continue;
        }
        let root = field.split(['.', '[']).next().unwrap_or_default().to_owned();
        let changed = Lead {
            id: lead.id.clone(),
            ..wrong
        };
        cases.push(case!(path, |api| update(api, Some(changed.clone()), Some(&root))));
    }
    let named = Lead {
        id: lead.id.clone(),
        ..Lead::default()
    };
    for path in [
        "id",
        "type",
        "status",
        "etag",
        "create_time",
        "merged_lead_ids",
        "no_such_field",
        "Title",
        "",
    ] {
        let named = named.clone();
        cases.push(case!("update_mask", |api| update(api, Some(named.clone()), Some(path))));
    }
    cases.push(case!("lead", |api| update(api, None, None)));
    cases.push(case!("lead.id", |api| update(api, Some(lead_of("Nobody")), None)));
    cases.push(case!("lead.id", |api| update(
        api,
        Some(Lead {
            id: "7".into(),
            ..Lead::default()
        }),
        None
    )));
    cases.push(case!("lead", |api| send_create(api, CreateLeadRequest::default())));
    cases.push(case!("lead.title", |api| create(api, Lead::default())));
    cases.push(case!("request_id", |api| {
        send_create(
            api,
            CreateLeadRequest {
                lead: Some(lead_of("Ann")),
                request_id: "today".into(),
            },
        )
    }));
    cases
}

async fn create(api: Api, lead: Lead) -> Result<(), Status> {
    send_create(
        api,
        CreateLeadRequest {
            lead: Some(lead),
            ..CreateLeadRequest::default()
        },
    )
    .await
}

async fn send_create(api: Api, request: CreateLeadRequest) -> Result<(), Status> {
    api.leads().create_lead(request).await.map(drop)
}

fn update(api: Api, lead: Option<Lead>, path: Option<&str>) -> impl Future<Output = Result<(), Status>> + use<> {
    let update_mask = path.map(|path| FieldMask {
        paths: vec![path.to_owned()],
    });
    async move {
        api.leads()
            .update_lead(UpdateLeadRequest { lead, update_mask })
            .await
            .map(drop)
    }
}
