//! Each choice about the customer (rules 5).

use crate::support::{Api, System, convert_and_wait, expected, lead_of, new_id_text, refusal};
use opportune_contract::v1::convert_lead_request::Customer as Choice;
use opportune_contract::v1::{
    Conversion, ConversionState, ConvertLeadRequest, CreateCustomer, Customer, CustomerAction, DuplicatePolicy, Lead,
    MatchOrCreateCustomer, NoCustomer,
};
use tonic::Code;

fn person(name: &str, email: &str) -> Customer {
    Customer {
        name: name.into(),
        email: email.into(),
        ..Customer::default()
    }
}

async fn convert(api: &Api, lead: &Lead, choice: Option<Choice>) -> Conversion {
    let request = ConvertLeadRequest {
        customer: choice,
        on_duplicates: DuplicatePolicy::Ignore.into(),
        ..convert_and_wait(&lead.id)
    };
    let conversion = api.convert(request).await.unwrap();
    assert_eq!(conversion.state(), ConversionState::Succeeded, "{:?}", conversion.error);
    conversion
}

fn action(conversion: &Conversion) -> CustomerAction {
    conversion
        .plan
        .as_ref()
        .and_then(|plan| plan.customer.as_ref())
        .map(|customer| customer.action())
        .unwrap()
}

fn customer_of(conversion: &Conversion) -> &str {
    &conversion.result.as_ref().unwrap().customer_id
}

#[tokio::test]
async fn the_chosen_customer_is_linked_and_fills_what_is_empty() {
    let system = System::start().await;
    let api = system.api();
    let chosen = Customer {
        phone: "+31 20 624 1111".into(),
        ..person("Bo Berg", "bo@berg.example")
    };
    let chosen = api.create_customer(chosen).await;
    let lead = api.create(lead_of("Ann Lee")).await;
    let conversion = convert(&api, &lead, Some(Choice::LinkCustomerId(chosen.id.clone()))).await;
    assert_eq!(
        (action(&conversion), customer_of(&conversion)),
        (CustomerAction::Link, chosen.id.as_str())
    );
    let opportunity = api.lead(&lead.id).await;
    assert_eq!(
        (opportunity.phone, opportunity.email),
        (chosen.phone, lead.email),
        "filled, never overwritten"
    );
    let differences = conversion.plan.unwrap().customer.unwrap().differences;
    assert!(!differences.is_empty(), "the addresses differ, and the plan says so");
}

#[tokio::test]
async fn an_unknown_customer_cannot_be_linked() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let request = ConvertLeadRequest {
        customer: Some(Choice::LinkCustomerId(new_id_text())),
        ..convert_and_wait(&lead.id)
    };
    assert_eq!(
        refusal(api.convert(request).await),
        expected(Code::NotFound, "CUSTOMER_NOT_FOUND")
    );
}

#[tokio::test]
async fn creating_never_looks_for_a_person_who_exists() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let existing = api.create_customer(person("Ann Lee", &lead.email)).await;
    let conversion = convert(&api, &lead, Some(Choice::CreateCustomer(CreateCustomer {}))).await;
    assert_eq!(action(&conversion), CustomerAction::Create);
    assert_ne!(customer_of(&conversion), existing.id);
    assert_eq!(conversion.result.unwrap().created_customer_ids.len(), 1);
}

#[tokio::test]
async fn a_customer_that_the_lead_has_is_kept_by_create_and_by_match() {
    let system = System::start().await;
    let api = system.api();
    let own = api.create_customer(person("Bo Berg", "bo@berg.example")).await;
    let choices = [
        Some(Choice::CreateCustomer(CreateCustomer {})),
        Some(Choice::MatchOrCreateCustomer(MatchOrCreateCustomer {})),
        None,
    ];
    for (choice, name) in choices.into_iter().zip(["Ann Lee", "Cy Cole", "Di Dorn"]) {
        let lead = api
            .create(Lead {
                customer_id: own.id.clone(),
                ..lead_of(name)
            })
            .await;
        let conversion = convert(&api, &lead, choice).await;
        assert_eq!(
            (action(&conversion), customer_of(&conversion)),
            (CustomerAction::Keep, own.id.as_str())
        );
    }
    assert_eq!(api.count_customers().await, 1);
}

#[tokio::test]
async fn the_customer_with_the_same_address_is_found_however_it_is_written() {
    let system = System::start().await;
    let api = system.api();
    let existing = api
        .create_customer(person("Ann Lee", "Ann <ANN.LEE@Lee.Example>, second@lee.example"))
        .await;
    for (name, email) in [
        ("Ann Lee", "ann.lee@lee.example"),
        ("A. Lee", "\"Lee, Ann\" <second@LEE.example>"),
    ] {
        let lead = api
            .create(Lead {
                email: email.into(),
                ..lead_of(name)
            })
            .await;
        let conversion = convert(&api, &lead, None).await;
        assert_eq!(
            (action(&conversion), customer_of(&conversion)),
            (CustomerAction::Link, existing.id.as_str())
        );
    }
}

#[tokio::test]
async fn a_customer_is_never_matched_by_name_alone() {
    let system = System::start().await;
    let api = system.api();
    api.create_customer(person("Ann Lee", "other@elsewhere.example")).await;
    let lead = api.create(lead_of("Ann Lee")).await;
    assert_eq!(action(&convert(&api, &lead, None).await), CustomerAction::Create);
}

#[tokio::test]
async fn without_a_customer_one_that_was_there_is_unlinked() {
    let system = System::start().await;
    let api = system.api();
    let own = api.create_customer(person("Bo Berg", "bo@berg.example")).await;
    let lead = api
        .create(Lead {
            customer_id: own.id,
            ..lead_of("Ann Lee")
        })
        .await;
    let conversion = convert(&api, &lead, Some(Choice::NoCustomer(NoCustomer {}))).await;
    assert_eq!(
        (action(&conversion), customer_of(&conversion)),
        (CustomerAction::None, "")
    );
    assert_eq!(api.lead(&lead.id).await.customer_id, "");
}
