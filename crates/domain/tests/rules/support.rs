//! A town: one tenant's world, filled by hand as the store would have loaded it.

use chrono::{DateTime, TimeDelta, Utc};
use opportune_domain::access::{Caller, Role};
use opportune_domain::conversion::{
    Conversion, ConversionMode, ConversionState, ConvertCommand, CustomerChoice, CustomerDecision, Decision,
    DuplicatePolicy, Outcome, Plan, SurvivorRule, decide, settle,
};
use opportune_domain::customer::Customer;
use opportune_domain::ids::{ConversionId, CustomerId, LeadId, NewIds, RequestId, SalespersonId, StageId, TeamId};
use opportune_domain::keys;
use opportune_domain::lead::{Lead, LeadType};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::similar::{Found, Match, Options, Search};
use opportune_domain::tenant::{Salesperson, Settings, Stage, Team, TenantConfig};
use opportune_domain::world::{Referrers, World};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Hands out 1, 2, 3, … above all ids that tests choose.
#[derive(Debug, Clone)]
pub struct Counter(u128);

impl NewIds for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// The stages of a new town, by their ids.
pub const NEW: StageId = StageId(Uuid::from_u128(1));
pub const QUALIFIED: StageId = StageId(Uuid::from_u128(2));
pub const PROPOSITION: StageId = StageId(Uuid::from_u128(3));
pub const WON: StageId = StageId(Uuid::from_u128(4));

pub struct Town {
    pub world: World,
    pub ids: Counter,
}

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time in range")
}

/// A time before `now`: larger is later.
pub fn earlier(n: u128) -> DateTime<Utc> {
    now() - TimeDelta::days(1) + TimeDelta::seconds(i64::try_from(n).expect("a small number"))
}

pub fn lead_id(n: u128) -> LeadId {
    LeadId(Uuid::from_u128(n))
}

pub fn customer_id(n: u128) -> CustomerId {
    CustomerId(Uuid::from_u128(n))
}

pub fn stage(n: u128, sequence: i32, won: bool) -> Stage {
    Stage {
        sequence,
        won,
        ..Stage::new(StageId(Uuid::from_u128(n)))
    }
}

impl Town {
    pub fn new() -> Self {
        let config = TenantConfig {
            version: 1,
            settings: Settings::default(),
            stages: (1..=4_i32)
                .map(|n| stage(u128::from(n.unsigned_abs()), n, n == 4))
                .collect(),
            teams: Vec::new(),
            salespeople: BTreeMap::new(),
        };
        Self {
            world: World::new(now(), Arc::new(config)),
            ids: Counter(1_000_000),
        }
    }

    pub fn config(&mut self) -> &mut TenantConfig {
        Arc::make_mut(&mut self.world.config)
    }

    pub fn salesperson(&mut self, n: u128) -> SalespersonId {
        let id = SalespersonId(Uuid::from_u128(n));
        self.config().salespeople.insert(id, Salesperson::new(id, earlier(n)));
        id
    }

    /// A team of everybody in `members`; a larger number was created later.
    pub fn team(&mut self, n: u128, sequence: i32, members: &[SalespersonId]) -> TeamId {
        let id = TeamId(Uuid::from_u128(n));
        let team = Team {
            sequence,
            member_ids: members.to_vec(),
            ..Team::new(id, earlier(n))
        };
        self.config().teams.push(team);
        id
    }

    pub fn team_mut(&mut self, id: TeamId) -> &mut Team {
        let teams = &mut self.config().teams;
        teams.iter_mut().find(|team| team.id == id).expect("a team of the town")
    }

    /// A stage that only these teams use.
    pub fn team_stage(&mut self, n: u128, sequence: i32, teams: &[TeamId]) -> StageId {
        let mut own = stage(n, sequence, false);
        own.team_ids = teams.to_vec();
        self.config().stages.push(own);
        StageId(Uuid::from_u128(n))
    }

    pub fn person(&mut self, n: u128, name: &str, fill: impl FnOnce(&mut Customer)) -> CustomerId {
        self.customer(n, name, false, fill)
    }

    pub fn company(&mut self, n: u128, name: &str, fill: impl FnOnce(&mut Customer)) -> CustomerId {
        self.customer(n, name, true, fill)
    }

    fn customer(&mut self, n: u128, name: &str, is_company: bool, fill: impl FnOnce(&mut Customer)) -> CustomerId {
        let mut customer = Customer::named(customer_id(n), name, is_company, earlier(n));
        fill(&mut customer);
        self.show_customer(customer);
        customer_id(n)
    }

    fn show_customer(&mut self, customer: Customer) {
        for key in keys::stored_of_customer(&customer, self.world.config.settings.reading()) {
            self.world.customer_hits.add(key, customer.id);
        }
        self.world.customers.insert(customer.id, customer);
    }

    /// An open lead; its customer must be there before it.
    pub fn lead(&mut self, n: u128, fill: impl FnOnce(&mut Lead)) -> LeadId {
        let mut lead = Lead::empty(lead_id(n), LeadType::Lead, earlier(n));
        lead.title = format!("Inquiry {n}");
        lead.stage_id = Some(NEW);
        lead.version = 1;
        fill(&mut lead);
        self.show_lead(lead);
        lead_id(n)
    }

    fn show_lead(&mut self, lead: Lead) {
        let reading = self.world.config.settings.reading();
        for key in keys::stored_of_lead(&lead, self.world.customer_country(&lead), reading).keys {
            self.world.lead_hits.add(key, lead.id);
        }
        self.world.leads.insert(lead.id, lead);
    }

    /// The same town, loaded anew after a commit.
    pub fn reload(&self) -> Self {
        let mut fresh = Self {
            world: World::new(self.world.now, self.world.config.clone()),
            ids: self.ids.clone(),
        };
        for customer in self.world.customers.values() {
            fresh.show_customer(customer.clone());
        }
        for lead in self.world.leads.values() {
            fresh.show_lead(lead.clone());
        }
        fresh.world.conversions = self.world.conversions.clone();
        fresh.world.live_conversions = self.world.live_conversions.clone();
        fresh
    }

    /// The same, with everything that taking `conversion` back has to see.
    pub fn reload_for(&self, conversion: &Conversion) -> Self {
        let mut fresh = self.reload();
        let images = self.world.changes.images.iter();
        let images = images.filter(|image| image.conversion_id == conversion.id);
        fresh.world.images.insert(conversion.id, images.cloned().collect());
        for id in fresh.world.customers.keys() {
            let leads = fresh.world.leads.values().filter(|lead| lead.customer_id == Some(*id));
            let customers = fresh.world.customers.values();
            let below = customers.filter(|customer| customer.parent_id == Some(*id));
            let referrers = Referrers {
                leads: leads.map(|lead| lead.id).collect(),
                customers: below.map(|customer| customer.id).collect(),
            };
            fresh.world.referrers.insert(*id, referrers);
        }
        fresh
    }

    pub fn decide(&self, command: &ConvertCommand) -> Result<Decision, Refusal> {
        decide(&self.world, command, &mut self.ids.clone())
    }

    pub fn plan(&self, command: &ConvertCommand) -> Plan {
        self.decide(command).expect("a plan").plan
    }

    pub fn refused(&self, command: &ConvertCommand) -> Refusal {
        self.decide(command).expect_err("a refusal")
    }

    pub fn reason(&self, command: &ConvertCommand) -> Reason {
        self.refused(command).reason
    }

    /// Accepted; a worker has still to settle it.
    pub fn queue(&mut self, command: ConvertCommand) -> ConversionId {
        let id = ConversionId(self.ids.next());
        self.world.put_conversion(Conversion {
            id,
            lead_id: command.lead_id,
            batch_id: None,
            request_id: Some(RequestId(self.ids.next())),
            command,
            state: ConversionState::Queued,
            attempt: 0,
            traceparent: String::new(),
            create_time: self.world.now,
            start_time: None,
            end_time: None,
            revert_deadline: None,
        });
        id
    }

    pub fn settle(&mut self, id: ConversionId) -> &Conversion {
        settle(&mut self.world, id, &mut self.ids);
        &self.world.conversions[&id]
    }

    pub fn convert(&mut self, command: ConvertCommand) -> Conversion {
        let id = self.queue(command);
        self.settle(id).clone()
    }

    /// Converts; what came out of it.
    pub fn converted(&mut self, command: ConvertCommand) -> Outcome {
        match self.convert(command).state {
            ConversionState::Succeeded { outcome, .. } => *outcome,
            other => panic!("the conversion ended {}: {other:?}", other.name()),
        }
    }

    pub fn at(&self, id: LeadId) -> &Lead {
        &self.world.leads[&id]
    }

    pub fn customer_of(&self, id: LeadId) -> &Customer {
        &self.world.customers[&self.at(id).customer_id.expect("a customer")]
    }

    pub fn found(&self, id: LeadId) -> Found {
        Search::of(&self.world, self.at(id).clone()).find(&self.world, &manager(), Options::default())
    }

    /// How `a` finds `b`.
    pub fn matched(&self, a: LeadId, b: LeadId) -> Option<Match> {
        self.found(a).matches.into_iter().find(|found| found.lead_id == b)
    }
}

pub fn manager() -> Caller {
    Caller::default()
}

pub fn own(person: SalespersonId) -> Caller {
    Caller {
        actor: Some(person.0),
        role: Role::SalespersonOwn,
    }
}

/// Converts this lead, everything else by default.
pub fn convert(lead: LeadId) -> ConvertCommand {
    ConvertCommand {
        lead_id: lead,
        etag: None,
        expected_plan_digest: None,
        mode: ConversionMode::Convert,
        merge_lead_ids: Vec::new(),
        survivor_rule: SurvivorRule::EarliestCreated,
        on_duplicates: DuplicatePolicy::Reject,
        customer: CustomerChoice::MatchOrCreate,
        salesperson_id: None,
        team_id: None,
        force_assignment: false,
        caller: manager(),
    }
}

/// Converts this lead with a customer of choice.
pub fn convert_with(lead: LeadId, customer: CustomerChoice) -> ConvertCommand {
    ConvertCommand {
        customer,
        ..convert(lead)
    }
}

/// Converts this lead whatever duplicates it has.
pub fn convert_anyway(lead: LeadId) -> ConvertCommand {
    ConvertCommand {
        on_duplicates: DuplicatePolicy::Ignore,
        ..convert(lead)
    }
}

/// What a plan does about the customer.
pub fn step(plan: &Plan) -> &CustomerDecision {
    plan.customer.as_ref().expect("a customer step")
}

/// A record but for what moves with every change.
pub fn settled(lead: &Lead) -> Lead {
    Lead {
        version: 0,
        update_time: now(),
        ..lead.clone()
    }
}
