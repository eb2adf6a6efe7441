//! Invented leads, to try things with: seeded, so that the same seed always makes the same ones.
//!
//! Companies of ten countries with one to six people each, people without a company, about one record in eight a
//! disguised repetition of an earlier one, gaps everywhere. Nobody and nothing in it exists; all domains end in
//! `.example`.

mod broken;
mod company;
mod disguise;
mod generator;
mod lead;
mod locale;
mod pattern;
mod person;
mod vocabulary;
mod write;

pub use generator::Generator;
pub use lead::SampleLead;
pub use vocabulary::Vocabulary;
pub use write::{write_csv, write_ndjson};

#[cfg(test)]
mod tests;
