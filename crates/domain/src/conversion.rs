//! A conversion: an accepted command, the decision about it, and what became of it (rules 4).

mod accept;
mod command;
mod customer;
mod decide;
mod digest;
mod perform;
mod plan;
mod state;

pub use accept::{accept, named_leads, target};
pub use command::{ConversionMode, ConvertCommand, CustomerChoice, DuplicatePolicy, SurvivorRule};
pub use customer::{CustomerNeeds, customer_needs};
pub use decide::{Decision, decide};
pub use perform::{fail, perform, settle};
pub use plan::{
    AssignmentDecision, CustomerAction, CustomerDecision, FieldDecision, LostValue, NotCarried, Outcome, Plan,
};
pub use state::{Conversion, ConversionState};
