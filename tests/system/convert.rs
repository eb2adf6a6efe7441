//! The main job: a lead goes in over gRPC, an opportunity and its event come out.

use crate::support::{System, convert_and_wait, lead_of, new_id, new_id_text, soon};
use opportune_contract::events::{CustomerCreated, LeadCreated, OpportunityCreated};
use opportune_contract::google::r#type::{Date, Money};
use opportune_contract::json::from_json;
use opportune_contract::v1::{ConversionState, ConvertLeadRequest, CustomerAction, Lead, LeadType};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn rich_lead() -> Lead {
    Lead {
        company_name: "Tulip Tools B.V.".into(),
        phone: "+31 20 624 1111".into(),
        job_title: "Buyer".into(),
        city: "Amsterdam".into(),
        country: "NL".into(),
        description: "Wants ten of them.".into(),
        tags: vec!["fair".into(), "hot".into()],
        priority: 2,
        source: "fair".into(),
        expected_revenue: Some(Money {
            currency_code: "EUR".into(),
            units: 1_250,
            nanos: 500_000_000,
        }),
        probability: Some(30.0),
        expected_close_date: Some(Date {
            year: 2027,
            month: 3,
            day: 31,
        }),
        ..lead_of("Ann Lee")
    }
}

#[tokio::test]
async fn a_lead_becomes_an_opportunity_and_everybody_hears_of_it() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(rich_lead()).await;
    assert_eq!(lead.r#type(), LeadType::Lead);

    let conversion = api.converted(&lead.id).await;
    let result = conversion.result.unwrap();
    assert_eq!(result.opportunity_id, lead.id, "the id stays");
    assert_eq!(result.created_customer_ids.len(), 2, "a company and a person");
    assert!(conversion.end_time.is_some() && conversion.revert_deadline.is_some());

    let opportunity = api.lead(&lead.id).await;
    assert_eq!(opportunity.r#type(), LeadType::Opportunity);
    assert!(opportunity.convert_time.is_some());
    assert_eq!(opportunity.customer_id, result.customer_id);
    assert_ne!(opportunity.etag, lead.etag);
    let expected = Lead {
        r#type: opportunity.r#type,
        customer_id: opportunity.customer_id.clone(),
        convert_time: opportunity.convert_time,
        update_time: opportunity.update_time,
        etag: opportunity.etag.clone(),
        ..lead.clone()
    };
    assert_eq!(opportunity, expected, "everything else is as it was (rules 4.3)");

    let event = soon("the event comes", || async {
        system.heard.about("opportunity.created", &lead.id)
    })
    .await;
    let body: OpportunityCreated = from_json(&event.body.to_string()).unwrap();
    assert_eq!(body.opportunity.unwrap(), opportunity);
    assert_eq!(body.customer.unwrap().id, result.customer_id);
    assert_eq!(body.source_lead_id, lead.id);
    assert_eq!(body.conversion_id, conversion.id);
    assert!(
        result.event_ids.contains(&event.id().to_owned()),
        "{} in {:?}",
        event.id(),
        result.event_ids
    );
}

#[tokio::test]
async fn events_come_in_their_envelope() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(rich_lead()).await;
    api.converted(&lead.id).await;
    let event = soon("the event comes", || async {
        system.heard.about("opportunity.created", &lead.id)
    })
    .await;
    assert_eq!(event.routing_key, format!("opportunity.created.{}", api.tenant));
    assert_eq!(event.content_type, "application/json");
    let attributes = ["specversion", "type", "source", "subject", "partitionkey"].map(|name| event.attribute(name));
    let tenant = api.tenant;
    let expected = [
        "1.0",
        "opportune.opportunity.created.v1",
        &format!("/tenants/{tenant}"),
        &lead.id,
        &format!("{tenant}/{}", lead.id),
    ];
    assert_eq!(attributes, expected);
    assert!(event.attribute("sequence").len() == 20 && !event.attribute("time").is_empty());

    let created = soon("the lead's event", || async {
        system.heard.about("lead.created", &lead.id)
    })
    .await;
    let body: LeadCreated = from_json(&created.body.to_string()).unwrap();
    assert_eq!(body.lead.unwrap(), lead);
    assert!(
        created.attribute("sequence") < event.attribute("sequence"),
        "in the order of what happened"
    );

    soon("both customers' events", || async {
        (system.heard.of("customer.created").len() == 2).then_some(())
    })
    .await;
    for event in system.heard.of("customer.created") {
        let body: CustomerCreated = from_json(&event.body.to_string()).unwrap();
        assert_eq!(body.customer.unwrap().id, event.attribute("subject"));
        assert!(!body.conversion_id.is_empty());
    }
}

#[tokio::test]
async fn the_callers_trace_goes_from_the_call_to_the_event() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let traced = api.with("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-01"));
    traced.converted(&lead.id).await;
    let event = soon("the event comes", || async {
        system.heard.about("opportunity.created", &lead.id)
    })
    .await;
    assert!(
        event.attribute("traceparent").contains(TRACE),
        "{}",
        event.attribute("traceparent")
    );
    assert_eq!(
        event.headers.get("traceparent").map(String::as_str),
        Some(event.attribute("traceparent"))
    );
}

#[tokio::test]
async fn without_waiting_the_call_answers_at_once_and_the_outcome_comes_later() {
    let system = System::start().await;
    let api = system.api().with("x-actor", &new_id_text());
    let lead = api.create(lead_of("Ann Lee")).await;
    let request_id = new_id_text();
    let request = ConvertLeadRequest {
        lead_id: lead.id.clone(),
        request_id: request_id.clone(),
        ..ConvertLeadRequest::default()
    };
    let accepted = api.convert(request).await.unwrap();
    assert_eq!(
        (accepted.lead_id.as_str(), accepted.request_id.as_str()),
        (lead.id.as_str(), request_id.as_str())
    );
    assert!(accepted.create_time.is_some() && !accepted.requested_by.is_empty());
    let ended = soon("the conversion ends", || async {
        let conversion = api.conversion(&accepted.id).await;
        (conversion.state() == ConversionState::Succeeded).then_some(conversion)
    })
    .await;
    assert_eq!(ended.requested_by, accepted.requested_by);
    assert!(ended.attempt >= 1 && ended.start_time.is_some());
}

#[tokio::test]
async fn a_preview_shows_what_then_happens_and_changes_nothing() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(rich_lead()).await;
    let preview = api
        .convert(ConvertLeadRequest {
            validate_only: true,
            ..convert_and_wait(&lead.id)
        })
        .await
        .unwrap();
    assert_eq!(
        (preview.id.as_str(), preview.state()),
        ("", ConversionState::Unspecified)
    );
    let planned = preview.plan.unwrap();
    let customer = planned.customer.clone().unwrap();
    assert_eq!(customer.action(), CustomerAction::Create);
    assert_eq!(customer.new_person.unwrap().name, "Ann Lee");
    assert_eq!(customer.new_company.unwrap().name, "Tulip Tools B.V.");
    assert_eq!(api.lead(&lead.id).await, lead);
    assert_eq!(
        (
            api.count_customers().await,
            api.count_conversions(ConversionState::Unspecified).await.unwrap()
        ),
        (0, 0)
    );

    let request = ConvertLeadRequest {
        expected_plan_digest: planned.digest.clone(),
        ..convert_and_wait(&lead.id)
    };
    let done = api.convert(request).await.unwrap();
    assert_eq!(done.state(), ConversionState::Succeeded, "{:?}", done.error);
    assert_eq!(done.plan.unwrap().digest, planned.digest);
}

#[tokio::test]
async fn salesperson_team_and_stage_are_given_to_the_opportunity() {
    let system = System::start().await;
    let api = system.api();
    let (person, team) = (api.create_salesperson("Bo").await, api.create_team("North").await);
    let lead = api.create(lead_of("Ann Lee")).await;
    let request = ConvertLeadRequest {
        salesperson_id: person.id.clone(),
        team_id: team.id.clone(),
        ..convert_and_wait(&lead.id)
    };
    let conversion = api.convert(request).await.unwrap();
    let (plan, result) = (conversion.plan.unwrap(), conversion.result.unwrap());
    assert_eq!(
        (result.salesperson_id.as_str(), result.team_id.as_str()),
        (person.id.as_str(), team.id.as_str())
    );
    let opportunity = api.lead(&lead.id).await;
    assert_eq!((opportunity.salesperson_id, opportunity.team_id), (person.id, team.id));
    assert!(opportunity.assign_time.is_some() && !opportunity.stage_id.is_empty());
    assert_eq!(plan.stage_id, opportunity.stage_id);
}

#[tokio::test]
async fn many_conversions_of_many_tenants_at_the_same_time_all_end() {
    let system = System::start().await;
    let tenants: Vec<_> = (0..4).map(|_| system.api().as_tenant(new_id())).collect();
    let mut leads = Vec::new();
    for api in &tenants {
        for number in 0..25 {
            leads.push((api.clone(), api.create(lead_of(&format!("Person {number}"))).await.id));
        }
    }
    let calls = leads.iter().map(|(api, lead)| api.converted(lead));
    let conversions = futures_util::future::join_all(calls).await;
    assert_eq!(conversions.len(), 100);
    soon("all events come", || async {
        (system.heard.of("opportunity.created").len() >= 100).then_some(())
    })
    .await;
    for api in tenants {
        let customers = api.count_customers().await;
        assert_eq!(customers, 25, "each tenant has its own");
    }
}
