//! A conversion: an accepted command, the decision about it, and what became of it (rules 4).

mod accept;
mod command;
mod customer;
mod decide;
mod digest;
mod merge;
mod perform;
mod plan;
mod records;
mod revert;
mod state;

pub use accept::{accept, target};
pub use command::{ConversionMode, ConvertCommand, CustomerChoice, DuplicatePolicy, SurvivorRule};
pub use customer::{CustomerNeeds, customer_needs, keys_of_new_customers};
pub use decide::{Decision, decide, merged, merged_within};
pub use merge::Merged;
pub use perform::{fail, perform, settle};
pub use plan::{
    AssignmentDecision, CustomerAction, CustomerDecision, FieldDecision, LostValue, NotCarried, Outcome, Plan,
};
pub use records::{named_leads, others, survivor_of};
pub use revert::{Undoing, revert, undo};
pub use state::{Conversion, ConversionState};
