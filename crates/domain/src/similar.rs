//! Which records are the same person or deal (rules 3), and how sure that is.

mod evidence;
mod find;
mod form;
mod score;

pub use evidence::{Evidence, EvidenceKey};
pub use find::{CustomerMatch, Found, Match, Options, SkippedKey, duplicates, find};
pub use form::{Asked, Form, ask_for};
pub use score::{Strength, score, strength};
