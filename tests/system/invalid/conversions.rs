//! Requests to convert, to search and to read conversions.

use super::case::{Case, case};
use crate::support::{Api, new_id_text};
use opportune_contract::v1::convert_lead_request::Customer as Choice;
use opportune_contract::v1::find_similar_request::Subject;
use opportune_contract::v1::{
    CancelConversionRequest, ConvertLeadRequest, FindSimilarRequest, GetConversionRequest, Lead, LeadDraft,
    ListConversionsRequest, RetryConversionRequest, WatchConversionRequest,
};
use prost_types::Duration;
use tonic::Status;

/// All of them.
pub fn cases(lead: &Lead) -> Vec<Case> {
    let mut cases = converting(lead);
    cases.extend(searching(lead));
    cases.extend(reading());
    cases
}

fn converting(lead: &Lead) -> Vec<Case> {
    let good = || ConvertLeadRequest {
        lead_id: lead.id.clone(),
        ..ConvertLeadRequest::default()
    };
    let wait = |seconds, nanos| Some(Duration { seconds, nanos });
    [
        (
            "lead_id",
            ConvertLeadRequest {
                lead_id: String::new(),
                ..good()
            },
        ),
        (
            "lead_id",
            ConvertLeadRequest {
                lead_id: "7".into(),
                ..good()
            },
        ),
        (
            "request_id",
            ConvertLeadRequest {
                request_id: "today".into(),
                ..good()
            },
        ),
        ("mode", ConvertLeadRequest { mode: 12, ..good() }),
        (
            "survivor_rule",
            ConvertLeadRequest {
                survivor_rule: -1,
                ..good()
            },
        ),
        (
            "on_duplicates",
            ConvertLeadRequest {
                on_duplicates: 4,
                ..good()
            },
        ),
        (
            "merge_lead_ids",
            ConvertLeadRequest {
                merge_lead_ids: vec![new_id_text()],
                ..good()
            },
        ),
        (
            "merge_lead_ids[1]",
            ConvertLeadRequest {
                merge_lead_ids: vec![new_id_text(), "x".into()],
                ..good()
            },
        ),
        (
            "link_customer_id",
            ConvertLeadRequest {
                customer: Some(Choice::LinkCustomerId("x".into())),
                ..good()
            },
        ),
        (
            "link_customer_id",
            ConvertLeadRequest {
                customer: Some(Choice::LinkCustomerId(String::new())),
                ..good()
            },
        ),
        (
            "salesperson_id",
            ConvertLeadRequest {
                salesperson_id: "bo".into(),
                ..good()
            },
        ),
        (
            "team_id",
            ConvertLeadRequest {
                team_id: "north".into(),
                ..good()
            },
        ),
        (
            "wait",
            ConvertLeadRequest {
                wait: wait(61, 0),
                ..good()
            },
        ),
        (
            "wait",
            ConvertLeadRequest {
                wait: wait(-1, 0),
                ..good()
            },
        ),
        (
            "wait",
            ConvertLeadRequest {
                wait: wait(1, -1),
                ..good()
            },
        ),
    ]
    .into_iter()
    .flat_map(|(field, request)| {
        let preview = ConvertLeadRequest {
            validate_only: true,
            ..request.clone()
        };
        [
            case!(field, |api| convert(api, request.clone())),
            case!(field, |api| convert(api, preview.clone())),
        ]
    })
    .collect()
}

fn searching(lead: &Lead) -> Vec<Case> {
    let draft = |draft| FindSimilarRequest {
        subject: Some(Subject::Draft(draft)),
        ..FindSimilarRequest::default()
    };
    let empty = LeadDraft::default;
    let good = || FindSimilarRequest {
        subject: Some(Subject::LeadId(lead.id.clone())),
        ..FindSimilarRequest::default()
    };
    let by_id = |id: &str| FindSimilarRequest {
        subject: Some(Subject::LeadId(id.into())),
        ..good()
    };
    let mut cases: Vec<Case> = [
        ("subject", FindSimilarRequest::default()),
        ("lead_id", by_id("")),
        ("lead_id", by_id("7")),
        ("draft", draft(empty())),
        (
            "draft.customer_id",
            draft(LeadDraft {
                customer_id: "7".into(),
                ..empty()
            }),
        ),
        (
            "draft.contact_name",
            draft(LeadDraft {
                contact_name: "x".repeat(501),
                ..empty()
            }),
        ),
        (
            "draft.company_name",
            draft(LeadDraft {
                company_name: "x".repeat(501),
                ..empty()
            }),
        ),
        (
            "draft.email",
            draft(LeadDraft {
                email: "x".repeat(1_001),
                ..empty()
            }),
        ),
        (
            "draft.phone",
            draft(LeadDraft {
                phone: "1".repeat(101),
                ..empty()
            }),
        ),
        (
            "draft.website",
            draft(LeadDraft {
                website: "x".repeat(501),
                ..empty()
            }),
        ),
        (
            "draft.street",
            draft(LeadDraft {
                street: "x".repeat(501),
                ..empty()
            }),
        ),
        (
            "draft.city",
            draft(LeadDraft {
                city: "x".repeat(501),
                ..empty()
            }),
        ),
        (
            "draft.postal_code",
            draft(LeadDraft {
                postal_code: "1".repeat(41),
                ..empty()
            }),
        ),
        (
            "draft.country",
            draft(LeadDraft {
                country: "nl".into(),
                ..empty()
            }),
        ),
        (
            "draft.title",
            draft(LeadDraft {
                title: "a\0b".into(),
                ..empty()
            }),
        ),
        (
            "min_score",
            FindSimilarRequest {
                min_score: -0.1,
                ..good()
            },
        ),
        (
            "min_score",
            FindSimilarRequest {
                min_score: 1.1,
                ..good()
            },
        ),
        (
            "min_score",
            FindSimilarRequest {
                min_score: f64::NAN,
                ..good()
            },
        ),
        (
            "page_size",
            FindSimilarRequest {
                page_size: -1,
                ..good()
            },
        ),
        (
            "page_token",
            FindSimilarRequest {
                page_token: "x".into(),
                ..good()
            },
        ),
    ]
    .into_iter()
    .map(|(field, request)| case!(field, |api| find(api, request.clone())))
    .collect();
    let large = FindSimilarRequest {
        page_size: 1_001,
        ..good()
    };
    cases.push(case!("", |api| find(api, large.clone())).too_large());
    cases
}

fn reading() -> Vec<Case> {
    let good = ListConversionsRequest::default;
    let mut cases: Vec<Case> = [
        (
            "lead_id",
            ListConversionsRequest {
                lead_id: "7".into(),
                ..good()
            },
        ),
        (
            "batch_id",
            ListConversionsRequest {
                batch_id: "7".into(),
                ..good()
            },
        ),
        ("state", ListConversionsRequest { state: 70, ..good() }),
        (
            "page_size",
            ListConversionsRequest {
                page_size: -1,
                ..good()
            },
        ),
        (
            "page_token",
            ListConversionsRequest {
                page_token: "x".into(),
                ..good()
            },
        ),
    ]
    .into_iter()
    .map(|(field, request)| case!(field, |api| list(api, request.clone())))
    .collect();
    let large = ListConversionsRequest {
        page_size: 1_001,
        ..good()
    };
    cases.push(case!("", |api| list(api, large.clone())).too_large());
    for id in ["", "7"] {
        let id = || id.to_owned();
        let (get, cancel) = (GetConversionRequest { id: id() }, CancelConversionRequest { id: id() });
        let (retry, watch) = (RetryConversionRequest { id: id() }, WatchConversionRequest { id: id() });
        cases.push(case!("id", |api| {
            let get = get.clone();
            async move { api.conversions().get_conversion(get).await }
        }));
        cases.push(case!("id", |api| {
            let cancel = cancel.clone();
            async move { api.conversions().cancel_conversion(cancel).await }
        }));
        cases.push(case!("id", |api| {
            let retry = retry.clone();
            async move { api.conversions().retry_conversion(retry).await }
        }));
        cases.push(case!("id", |api| {
            let watch = watch.clone();
            async move { api.conversions().watch_conversion(watch).await }
        }));
    }
    cases
}

async fn convert(api: Api, request: ConvertLeadRequest) -> Result<(), Status> {
    api.conversions().convert_lead(request).await.map(drop)
}

async fn find(api: Api, request: FindSimilarRequest) -> Result<(), Status> {
    api.conversions().find_similar(request).await.map(drop)
}

async fn list(api: Api, request: ListConversionsRequest) -> Result<(), Status> {
    api.conversions().list_conversions(request).await.map(drop)
}
