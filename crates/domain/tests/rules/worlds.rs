//! Random small towns, and what is asked for in them.

use crate::support::*;
use opportune_domain::conversion::{ConversionMode, ConvertCommand, CustomerChoice, DuplicatePolicy, SurvivorRule};
use opportune_domain::customer::Customer;
use opportune_domain::ids::{LeadId, SalespersonId, StageId, TeamId};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

const EMAILS: &[&str] = &[
    "",
    "",
    "kim@harbor.example",
    "KIM+fair@harbor.example",
    "info@harbor.example",
    "lou@quarry.example",
    "info@harbor.example, lou@quarry.example",
    "Kim Snow <kim@harbor.example>",
    "test@test.com",
    "n/a",
    "k.s@gmail.com",
    "ks@gmail.com",
];
const NAMES: &[&str] = &["", "Kim Snow", "Snow, Kim", "K. Snow", "Lou Reyes", "\u{0}", "Dr. Kim"];
const COMPANIES: &[&str] = &["", "Harbor Tools", "HARBOR TOOLS GmbH", "Quarry & Sons", "GmbH"];
const PHONES: &[&str] = &["", "", "+1 202 555 0144", "(202) 555-0144", "0456 00 11 22", "12"];
const SITES: &[&str] = &["", "https://www.harbor.example", "quarry.example/x", "not a site"];
const COUNTRIES: &[&str] = &["", "US", "BE"];

fn text(pool: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(pool).prop_map(str::to_owned)
}

pub type Contact = (String, String, String, String, String, String);

pub fn contact() -> impl Strategy<Value = Contact> {
    (
        text(NAMES),
        text(COMPANIES),
        text(EMAILS),
        text(PHONES),
        text(SITES),
        text(COUNTRIES),
    )
}

#[derive(Debug, Clone)]
struct LeadSeed {
    contact: Contact,
    customer: Option<u128>,
    salesperson: Option<u128>,
    team: Option<u128>,
    stage: Option<u128>,
    kind: LeadType,
    status: LeadStatus,
}

fn lead_seed() -> impl Strategy<Value = LeadSeed> {
    let status = prop_oneof![
        12 => Just(LeadStatus::Open),
        1 => select(vec![LeadStatus::Won, LeadStatus::Lost, LeadStatus::Archived, LeadStatus::Merged]),
    ];
    let kind = prop_oneof![8 => Just(LeadType::Lead), 1 => Just(LeadType::Opportunity)];
    let maybe = |from: u128, to: u128| prop::option::weighted(0.3, from..to);
    (
        contact(),
        maybe(50, 54),
        maybe(10, 13),
        maybe(20, 22),
        maybe(1, 6),
        kind,
        status,
    )
        .prop_map(|(contact, customer, salesperson, team, stage, kind, status)| LeadSeed {
            contact,
            customer,
            salesperson,
            team,
            stage,
            kind,
            status,
        })
}

pub fn command() -> impl Strategy<Value = ConvertCommand> {
    let customer = select(vec![
        CustomerChoice::MatchOrCreate,
        CustomerChoice::MatchOrCreate,
        CustomerChoice::Create,
        CustomerChoice::None,
        CustomerChoice::Link(customer_id(51)),
        CustomerChoice::Link(customer_id(999)),
    ]);
    let policy = select(vec![
        DuplicatePolicy::Reject,
        DuplicatePolicy::Ignore,
        DuplicatePolicy::Merge,
    ]);
    let maybe = |from: u128, to: u128| prop::option::weighted(0.3, from..to);
    (
        100..107_u128,
        customer,
        policy,
        maybe(10, 15),
        maybe(20, 23),
        prop::bool::weighted(0.2),
        merging(),
    )
        .prop_map(
            |(lead, customer, on_duplicates, person, team, as_own, merging)| ConvertCommand {
                customer,
                on_duplicates,
                mode: merging.0,
                merge_lead_ids: merging.1,
                survivor_rule: merging.2,
                salesperson_id: person.map(|n| SalespersonId(Uuid::from_u128(n))),
                team_id: team.map(|n| TeamId(Uuid::from_u128(n))),
                caller: if as_own {
                    own(SalespersonId(Uuid::from_u128(10)))
                } else {
                    manager()
                },
                ..convert(lead_id(lead))
            },
        )
}

/// Mode, the others, and who survives.
fn merging() -> impl Strategy<Value = (ConversionMode, Vec<LeadId>, SurvivorRule)> {
    let others = || vec((100..107_u128).prop_map(lead_id), 1..4);
    let mode = prop_oneof![
        6 => Just((ConversionMode::Convert, Vec::new())),
        1 => Just((ConversionMode::Merge, Vec::new())),
        2 => others().prop_map(|others| (ConversionMode::Merge, others)),
        2 => others().prop_map(|others| (ConversionMode::MergeOnly, others)),
    ];
    let rule = select(vec![SurvivorRule::EarliestCreated, SurvivorRule::Confidence]);
    (mode, rule).prop_map(|((mode, others), rule)| (mode, others, rule))
}

fn fill_customer(customer: &mut Customer, (_, _, email, phone, website, country): Contact) {
    customer.email = email;
    customer.phone = phone;
    customer.website = website;
    customer.address.country = country;
}

pub fn fill_lead(lead: &mut Lead, contact: Contact) {
    (
        lead.contact_name,
        lead.company_name,
        lead.email,
        lead.phone,
        lead.website,
        lead.address.country,
    ) = contact;
}

prop_compose! {
    pub fn town()(
        customers in vec((contact(), any::<bool>()), 4),
        leads in vec(lead_seed(), 6),
    ) -> Town {
        let mut town = Town::new();
        town.config().settings.default_country = "US".to_owned();
        let people: Vec<_> = (10..13).map(|n| town.salesperson(n)).collect();
        let north = town.team(20, 2, &people[..1]);
        town.team(21, 1, &people[1..2]);
        town.team_stage(5, 0, &[north]);
        for (n, (contact, is_company)) in (50..).zip(customers) {
            let name = if is_company { contact.1.clone() } else { contact.0.clone() };
            let fill = |one: &mut Customer| {
                one.parent_id = (n > 51 && !is_company).then(|| customer_id(50));
                fill_customer(one, contact);
            };
            if is_company { town.company(n, &name, fill) } else { town.person(n, &name, fill) };
        }
        for (n, seed) in (100..).zip(leads) {
            town.lead(n, |lead| {
                fill_lead(lead, seed.contact);
                lead.customer_id = seed.customer.map(customer_id);
                lead.salesperson_id = seed.salesperson.map(|n| SalespersonId(Uuid::from_u128(n)));
                lead.team_id = seed.team.map(|n| TeamId(Uuid::from_u128(n)));
                lead.stage_id = seed.stage.map(|n| StageId(Uuid::from_u128(n)));
                lead.kind = seed.kind;
                lead.status = seed.status;
                lead.survivor_id = (seed.status == LeadStatus::Merged).then(|| lead_id(100));
            });
        }
        town
    }
}

impl std::fmt::Debug for Town {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (leads, customers) = (self.world.leads.values(), self.world.customers.values());
        f.debug_list().entries(customers).entries(leads).finish()
    }
}
