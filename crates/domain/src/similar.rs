//! Which records are the same person or deal (rules 3), and how sure that is.
//!
//! Pure, in four steps: a [`Form`] holds the normal forms of a record; [`compare()`] puts two of them side by side and gives
//! a level for each field; the [`Model`] has a weight for each level; [`judge`] adds them up and says what that means.

mod ask;
mod bond;
mod candidate;
mod compare;
mod evidence;
mod find;
mod form;
mod index;
mod judge;
mod levels;
mod model;
mod rarity;
mod relation;

pub use ask::{Asked, ask_for, policy_keys};
pub use bond::{Bond, Tie};
pub use candidate::Candidate;
pub(crate) use compare::label;
pub use compare::{Comparison, compare};
pub use evidence::{Evidence, EvidenceKey};
pub use find::{CustomerMatch, Found, Match, Options, Search, SkippedKey, duplicates};
pub use form::{Form, Given};
pub use index::Index;
pub use judge::{Around, Judgement, Strength, judge, judge_with};
pub use levels::{Company, Context, Cross, Domain, Mail, Name, Phone, Spot};
pub use model::{Active, Activity, FEATURES, FITTED_FOR, Feature, Features, Model, WeightsFile, prior};
pub use rarity::Rarity;
pub use relation::Relation;
