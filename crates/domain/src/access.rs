//! Who may do what (rules 11).

use crate::batch::Batch;
use crate::conversion::Conversion;
use crate::ids::SalespersonId;
use crate::lead::Lead;
use crate::refusal::{Reason, Refusal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A caller's role (rules 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees own and unassigned records.
    SalespersonOwn,
    /// Sees all records.
    SalespersonAll,
    /// Also settings and teams; the default of a caller that names no role.
    #[default]
    Manager,
    /// A program that acts for people.
    Service,
    /// Runs the service; sees no personal data.
    Operator,
}

impl Role {
    /// Reads the name of a role as it travels in metadata, for example `salesperson_own`.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
    }
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Caller {
    /// A salesperson's or user's id, when the caller says who it is.
    pub actor: Option<Uuid>,
    /// The role it acts in.
    pub role: Role,
}

impl Caller {
    /// The caller may see this record.
    pub fn sees(&self, lead: &Lead) -> bool {
        self.sees_those_of(lead.salesperson_id)
    }

    /// The caller may see the records of this salesperson; of `None`, those that are nobody's.
    pub fn sees_those_of(&self, owner: Option<SalespersonId>) -> bool {
        match self.role {
            Role::SalespersonOwn => owner.is_none() || owner == self.actor.map(SalespersonId),
            Role::SalespersonAll | Role::Manager | Role::Service => true,
            Role::Operator => false,
        }
    }

    /// Refuses unless the caller may see this record.
    pub fn must_see(&self, lead: &Lead) -> Result<(), Refusal> {
        if self.sees(lead) {
            Ok(())
        } else {
            Err(denied("see this record"))
        }
    }

    /// Refuses unless the caller may work with records at all (everybody but operators).
    pub fn must_handle_records(&self) -> Result<(), Refusal> {
        if self.role == Role::Operator {
            Err(denied("handle records"))
        } else {
            Ok(())
        }
    }

    /// Refuses unless the caller may take this conversion back: his own, or as a manager anybody's.
    pub fn must_revert(&self, conversion: &Conversion) -> Result<(), Refusal> {
        self.must_handle_records()?;
        let own = self.actor.is_some() && self.actor == conversion.command.caller.actor;
        match self.role {
            Role::Manager | Role::Service => Ok(()),
            _ if own => Ok(()),
            _ => Err(denied("revert another's conversion")),
        }
    }

    /// Refuses unless the caller may see this batch: his own, or anybody's if he sees all records.
    pub fn must_see_batch(&self, batch: &Batch) -> Result<(), Refusal> {
        self.must_handle_records()?;
        let own = self.actor == batch.order.caller.actor;
        if own || self.role != Role::SalespersonOwn {
            Ok(())
        } else {
            Err(denied("see another's batch"))
        }
    }

    /// Refuses unless the caller may change settings, stages and teams.
    pub fn must_manage(&self) -> Result<(), Refusal> {
        match self.role {
            Role::Manager | Role::Service => Ok(()),
            _ => Err(denied("change settings, stages, teams and salespeople")),
        }
    }
}

fn denied(what: &str) -> Refusal {
    Refusal::new(Reason::PermissionDenied, format!("the caller's role may not {what}"))
}
