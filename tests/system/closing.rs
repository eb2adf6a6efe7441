//! Won, lost, archived, restored (rules 9).

use crate::support::{Api, System, expected, lead_of, refusal, soon};
use opportune_contract::v1::{
    ArchiveLeadRequest, Lead, LeadStatus, ListStagesRequest, ListTimelineRequest, MarkLeadLostRequest,
    MarkLeadWonRequest, RestoreLeadRequest, UpdateLeadRequest,
};
use tonic::{Code, Status};

/// What closes or opens a record.
#[derive(Clone, Copy)]
enum Call {
    Win,
    Lose,
    Restore,
    Archive,
}

async fn call(api: &Api, call: Call, lead: &str) -> Result<Lead, Status> {
    let id = lead.to_owned();
    let mut leads = api.leads();
    let lead = match call {
        Call::Win => leads.mark_lead_won(MarkLeadWonRequest { id }).await?.into_inner().lead,
        Call::Lose => {
            let request = MarkLeadLostRequest {
                id,
                lost_reason: "too dear".into(),
                comment: "asked twice".into(),
            };
            leads.mark_lead_lost(request).await?.into_inner().lead
        }
        Call::Restore => leads.restore_lead(RestoreLeadRequest { id }).await?.into_inner().lead,
        Call::Archive => leads.archive_lead(ArchiveLeadRequest { id }).await?.into_inner().lead,
    };
    Ok(lead.unwrap())
}

async fn notes(api: &Api, lead: &str) -> usize {
    let request = ListTimelineRequest {
        lead_id: lead.to_owned(),
        ..ListTimelineRequest::default()
    };
    api.leads()
        .list_timeline(request)
        .await
        .unwrap()
        .into_inner()
        .entries
        .len()
}

#[tokio::test]
async fn a_call_that_is_repeated_changes_nothing_more() {
    let system = System::start().await;
    let api = system.api();
    let events = "SELECT count(*) FROM events";
    for (name, calls, status) in [
        ("Ann", &[Call::Win][..], LeadStatus::Won),
        ("Bo", &[Call::Lose], LeadStatus::Lost),
        ("Cy", &[Call::Archive], LeadStatus::Archived),
        ("Di", &[Call::Archive, Call::Restore], LeadStatus::Open),
    ] {
        let lead = api.create(lead_of(name)).await.id;
        let mut done = api.lead(&lead).await;
        for one in calls {
            done = call(&api, *one, &lead).await.unwrap();
        }
        assert_eq!(done.status(), status, "{name}");
        let (told, noted) = (
            system.site.database.number(events).await.unwrap(),
            notes(&api, &lead).await,
        );
        let again = call(&api, calls[calls.len() - 1], &lead).await.unwrap();
        assert_eq!(again, done, "{name}");
        assert_eq!(system.site.database.number(events).await.unwrap(), told, "{name}");
        assert_eq!(notes(&api, &lead).await, noted, "{name}");
    }
}

#[tokio::test]
async fn what_has_an_outcome_is_not_put_away() {
    let system = System::start().await;
    let api = system.api();
    let (won, lost) = (api.create(lead_of("Ann")).await.id, api.create(lead_of("Bo")).await.id);
    call(&api, Call::Win, &won).await.unwrap();
    call(&api, Call::Lose, &lost).await.unwrap();
    for (lead, reason) in [(&won, "LEAD_WON"), (&lost, "LEAD_LOST")] {
        let refused = expected(Code::FailedPrecondition, reason);
        assert_eq!(refusal(call(&api, Call::Archive, lead).await), refused);
    }
    let other = MarkLeadLostRequest {
        id: lost,
        lost_reason: "cancelled".into(),
        ..MarkLeadLostRequest::default()
    };
    let refused = expected(Code::FailedPrecondition, "LEAD_LOST");
    assert_eq!(refusal(api.leads().mark_lead_lost(other).await), refused);
}

#[tokio::test]
async fn a_won_record_that_leaves_its_stage_is_told_as_restored() {
    let system = System::start().await;
    let api = system.api();
    let stages = api.settings().list_stages(ListStagesRequest::default()).await.unwrap();
    let first = stages.into_inner().stages.remove(0).id;
    let lead = api.create(lead_of("Ann Lee")).await.id;
    call(&api, Call::Win, &lead).await.unwrap();
    let back = Lead {
        id: lead.clone(),
        stage_id: first,
        ..Lead::default()
    };
    let request = UpdateLeadRequest {
        lead: Some(back),
        update_mask: None,
    };
    let open = api
        .leads()
        .update_lead(request)
        .await
        .unwrap()
        .into_inner()
        .lead
        .unwrap();
    assert_eq!(open.status(), LeadStatus::Open);
    soon("it is told", || async { system.heard.about("lead.restored", &lead) }).await;
}
