//! What holds for every small town: random leads, customers and commands.

use crate::support::*;
use opportune_domain::conversion::{ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy, accept};
use opportune_domain::customer::Customer;
use opportune_domain::event::EventBody;
use opportune_domain::ids::{SalespersonId, StageId, TeamId};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::similar::{Evidence, EvidenceKey, score};
use opportune_domain::touched::touched;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;
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

type Contact = (String, String, String, String, String, String);

fn contact() -> impl Strategy<Value = Contact> {
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

fn command() -> impl Strategy<Value = ConvertCommand> {
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
    )
        .prop_map(|(lead, customer, on_duplicates, person, team, as_own)| ConvertCommand {
            customer,
            on_duplicates,
            salesperson_id: person.map(|n| SalespersonId(Uuid::from_u128(n))),
            team_id: team.map(|n| TeamId(Uuid::from_u128(n))),
            caller: if as_own {
                own(SalespersonId(Uuid::from_u128(10)))
            } else {
                manager()
            },
            ..convert(lead_id(lead))
        })
}

fn fill_customer(customer: &mut Customer, (_, _, email, phone, website, country): Contact) {
    customer.email = email;
    customer.phone = phone;
    customer.website = website;
    customer.address.country = country;
}

fn fill_lead(lead: &mut Lead, contact: Contact) {
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
    fn town()(
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

/// Fields of the record that a conversion may write (rules 4.2, 4.3, 5.6).
const WRITTEN: &[&str] = &[
    "type",
    "convert_time",
    "customer_id",
    "salesperson_id",
    "team_id",
    "assign_time",
    "stage_id",
    "contact_name",
    "company_name",
    "email",
    "phone",
    "job_title",
    "website",
    "language",
    "address",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_execution_does_what_a_preview_in_the_same_world_said(mut town in town(), command in command()) {
        let preview = town.decide(&command);
        let again = town.decide(&command);
        prop_assert_eq!(preview.as_ref().map(|one| &one.plan), again.as_ref().map(|one| &one.plan));
        match (preview, town.convert(command).state) {
            (Ok(preview), ConversionState::Succeeded { plan, .. }) => prop_assert_eq!(preview.plan.digest, plan.digest),
            (Err(refusal), ConversionState::Failed { error }) => prop_assert_eq!(refusal, *error),
            (preview, state) => prop_assert!(false, "previewed {:?}, ended {:?}", preview, state),
        }
    }

    #[test]
    fn settling_again_changes_nothing(mut town in town(), command in command()) {
        let id = town.queue(command);
        town.settle(id);
        let (leads, customers) = (town.world.leads.clone(), town.world.customers.clone());
        let (conversion, events) = (town.world.conversions[&id].clone(), town.world.changes.events.len());
        town.settle(id);
        prop_assert_eq!(leads, town.world.leads);
        prop_assert_eq!(customers, town.world.customers);
        prop_assert_eq!(&conversion, &town.world.conversions[&id]);
        prop_assert_eq!(events, town.world.changes.events.len());
    }

    #[test]
    fn a_micro_batch_ends_as_if_its_jobs_had_run_one_after_another(
        mut together in town(), commands in vec(command(), 1..6),
    ) {
        let ids: Vec<_> = commands.into_iter().map(|command| together.queue(command)).collect();
        let mut apart = together.reload();
        for id in ids {
            together.settle(id);
            apart.settle(id);
            apart = apart.reload();
        }
        prop_assert_eq!(&together.world.conversions, &apart.world.conversions);
        prop_assert_eq!(&together.world.leads, &apart.world.leads);
        prop_assert_eq!(&together.world.customers, &apart.world.customers);
    }

    #[test]
    fn each_success_has_one_event_one_more_version_and_touches_nothing_else(
        mut town in town(), commands in vec(command(), 1..6),
    ) {
        for command in commands {
            let before = town.world.leads.clone();
            let customers = town.world.customers.clone();
            let events = town.world.changes.events.len();
            let conversion = town.convert(command);
            let new = &town.world.changes.events[events..];
            let created = new.iter().filter(|event| matches!(event.body, EventBody::OpportunityCreated { .. })).count();
            let opportunity = match &conversion.state {
                ConversionState::Succeeded { outcome, .. } => Some(outcome.opportunity_id),
                _ => None,
            };
            prop_assert_eq!(created, usize::from(opportunity.is_some()));
            for (id, lead) in &before {
                let after = town.at(*id);
                if Some(*id) != opportunity {
                    prop_assert_eq!(lead, after);
                    continue;
                }
                prop_assert_eq!(after.version, lead.version + 1);
                for field in touched(lead, after).keys() {
                    prop_assert!(WRITTEN.contains(&field.as_str()), "{} was written", field);
                }
            }
            for (id, customer) in &customers {
                prop_assert_eq!(customer, &town.world.customers[id]);
            }
        }
    }

    #[test]
    fn what_is_refused_at_the_call_is_refused_by_the_worker(town in town(), command in command()) {
        if let Err(refusal) = accept(&town.world, &command) {
            prop_assert_eq!(refusal, town.refused(&command));
        }
    }

    #[test]
    fn finding_has_no_direction(town in town()) {
        let mut scores = BTreeMap::new();
        let open = town.world.leads.values().filter(|lead| lead.status != LeadStatus::Merged);
        for lead in open {
            for found in town.found(lead.id).matches {
                scores.insert((lead.id, found.lead_id), (found.score.to_bits(), found.strength));
            }
        }
        for ((a, b), there) in &scores {
            let back = scores.get(&(*b, *a));
            prop_assert!(Some(there) == back, "{:?} and {:?}", town.at(*a), town.at(*b));
        }
    }

    #[test]
    fn a_shared_value_more_never_scores_less(a in contact(), b in contact(), which in 0..6_usize) {
        let scored = |shared: Option<&str>| {
            let mut town = Town::new();
            let both = |lead: &mut Lead, contact: &Contact| {
                fill_lead(lead, contact.clone());
                // The name decides how much a shared mailbox says, so it stays what it is.
                let name = if lead.contact_name.is_empty() { "Kim Snow" } else { &lead.contact_name };
                lead.contact_name = name.to_owned();
                let Some(value) = shared else { return };
                match which {
                    0 => lead.email = format!("{}, {value}@fjord.example", lead.email),
                    1 => lead.email = format!("{}, info@fjord.example", lead.email),
                    2 => lead.website = "https://fjord.example".to_owned(),
                    3 => lead.phone = "+32456001122".to_owned(),
                    4 => lead.company_name = "Fjord Lines".to_owned(),
                    _ => lead.contact_name = "Noor Dahl".to_owned(),
                }
            };
            let (a, b) = (town.lead(100, |lead| both(lead, &a)), town.lead(101, |lead| both(lead, &b)));
            town.matched(a, b).map_or(0.0, |found| found.score)
        };
        let replaced = [a.4 == b.4, a.3 == b.3, a.1 == b.1, true];
        // Replacing a value that was shared already is no more evidence.
        prop_assume!(which < 2 || !replaced[..3].iter().any(|same| *same));
        prop_assert!(scored(Some("noor")) >= scored(None));
    }

    #[test]
    fn a_piece_of_evidence_more_never_scores_less(pieces in vec(piece(), 0..8), more in piece()) {
        let before = score(&pieces);
        let mut after = pieces;
        after.push(Evidence { weight: more.weight.abs(), ..more });
        prop_assert!((0.0..=1.0).contains(&before));
        prop_assert!(score(&after) >= before);
    }
}

fn piece() -> impl Strategy<Value = Evidence> {
    let keys = vec![
        EvidenceKey::Customer,
        EvidenceKey::CommercialEntity,
        EvidenceKey::Email,
        EvidenceKey::FoldedEmail,
        EvidenceKey::Phone,
        EvidenceKey::Domain,
        EvidenceKey::CompanyName,
        EvidenceKey::PersonName,
        EvidenceKey::Address,
    ];
    (select(keys), -4.0..7.0_f64).prop_map(|(key, weight)| Evidence {
        key,
        weight,
        detail: "",
        decisive: false,
    })
}
