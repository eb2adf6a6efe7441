//! Questions and orders about records.

use super::case::{Case, case};
use crate::support::{Api, new_id_text};
use opportune_contract::v1::{
    ArchiveLeadRequest, GetImportRequest, GetLeadRequest, Lead, LeadFilter, ListImportRejectsRequest, ListLeadsRequest,
    MarkLeadLostRequest, MarkLeadWonRequest, RestoreLeadRequest,
};
use prost_types::Timestamp;
use tonic::Status;

/// All of them.
pub fn cases(lead: &Lead) -> Vec<Case> {
    let id = lead.id.clone();
    let lost = move |lost_reason: String, comment: String| MarkLeadLostRequest {
        id: id.clone(),
        lost_reason,
        comment,
    };
    let (long_reason, long_comment) = (
        lost("x".repeat(501), String::new()),
        lost(String::new(), "x".repeat(100_001)),
    );
    let mut cases = vec![
        case!("lost_reason", |api| lose(api, long_reason.clone())),
        case!("comment", |api| lose(api, long_comment.clone())),
        case!("id", |api| lose(
            api,
            MarkLeadLostRequest {
                id: "7".into(),
                ..MarkLeadLostRequest::default()
            }
        )),
    ];
    for id in ["", "7", "not-a-uuid-but-just-as-long-as-one-is"] {
        cases.push(case!("id", |api| async move {
            api.leads()
                .get_lead(GetLeadRequest {
                    id: id.into(),
                    ..GetLeadRequest::default()
                })
                .await
        }));
        cases.push(case!("id", |api| async move {
            api.leads().mark_lead_won(MarkLeadWonRequest { id: id.into() }).await
        }));
        cases.push(case!("id", |api| async move {
            api.leads().restore_lead(RestoreLeadRequest { id: id.into() }).await
        }));
        cases.push(case!("id", |api| async move {
            api.leads().archive_lead(ArchiveLeadRequest { id: id.into() }).await
        }));
        cases.push(case!("request_id", |api| async move {
            api.leads().get_import(GetImportRequest { request_id: id.into() }).await
        }));
        cases.push(case!("request_id", |api| async move {
            let request = ListImportRejectsRequest {
                request_id: id.into(),
                ..ListImportRejectsRequest::default()
            };
            api.leads().list_import_rejects(request).await
        }));
    }
    cases.extend(lists());
    cases
}

fn lists() -> Vec<Case> {
    let filter = LeadFilter::default;
    let before_time = Some(Timestamp {
        seconds: i64::MIN,
        nanos: 0,
    });
    let filters = [
        ("filter.type", LeadFilter { r#type: 7, ..filter() }),
        ("filter.status", LeadFilter { status: 77, ..filter() }),
        (
            "filter.salesperson_id",
            LeadFilter {
                salesperson_id: "bo".into(),
                ..filter()
            },
        ),
        (
            "filter.team_id",
            LeadFilter {
                team_id: "north".into(),
                ..filter()
            },
        ),
        (
            "filter.stage_id",
            LeadFilter {
                stage_id: "new".into(),
                ..filter()
            },
        ),
        (
            "filter.customer_id",
            LeadFilter {
                customer_id: "7".into(),
                ..filter()
            },
        ),
        (
            "filter.text",
            LeadFilter {
                text: "x".repeat(501),
                ..filter()
            },
        ),
        (
            "filter.external_id",
            LeadFilter {
                external_id: "a\0b".into(),
                ..filter()
            },
        ),
        (
            "filter.external_id",
            LeadFilter {
                external_id: "x".repeat(201),
                ..filter()
            },
        ),
        (
            "filter.updated_after",
            LeadFilter {
                updated_after: before_time,
                ..filter()
            },
        ),
        (
            "filter.unassigned",
            LeadFilter {
                unassigned: true,
                salesperson_id: new_id_text(),
                ..filter()
            },
        ),
    ];
    let mut cases: Vec<Case> = filters
        .into_iter()
        .map(|(field, filter)| {
            let request = ListLeadsRequest {
                filter: Some(filter),
                ..ListLeadsRequest::default()
            };
            case!(field, |api| list(api, request.clone()))
        })
        .collect();
    for order in [
        "title",
        "create_time,priority",
        "create_time down",
        "desc",
        "create_time desc desc",
    ] {
        let request = ListLeadsRequest {
            order_by: order.into(),
            ..ListLeadsRequest::default()
        };
        cases.push(case!("order_by", |api| list(api, request.clone())));
    }
    for token in ["x", "e30", "not base64 !", "\u{1f512}"] {
        let request = ListLeadsRequest {
            page_token: token.into(),
            ..ListLeadsRequest::default()
        };
        cases.push(case!("page_token", |api| list(api, request.clone())));
    }
    for size in [-1, i32::MIN] {
        let request = ListLeadsRequest {
            page_size: size,
            ..ListLeadsRequest::default()
        };
        cases.push(case!("page_size", |api| list(api, request.clone())));
    }
    for size in [1_001, i32::MAX] {
        let request = ListLeadsRequest {
            page_size: size,
            ..ListLeadsRequest::default()
        };
        cases.push(case!("", |api| list(api, request.clone())).too_large());
    }
    cases
}

async fn lose(api: Api, request: MarkLeadLostRequest) -> Result<(), Status> {
    api.leads().mark_lead_lost(request).await.map(drop)
}

async fn list(api: Api, request: ListLeadsRequest) -> Result<(), Status> {
    api.leads().list_leads(request).await.map(drop)
}
