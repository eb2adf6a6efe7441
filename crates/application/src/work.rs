//! Units of work: what each use case needs to see, and what it decides over it.

mod accept;
mod attempt;
mod batch;
mod command;
mod config;
mod customers;
mod import;
mod leads;
mod preview;
mod rekey;
mod request;
mod revert;
mod settle;
mod similar;
mod tend;
mod timeline;

pub use accept::{Accept, AcceptOne, Accepted};
pub use attempt::{BeginAttempt, FailedAttempt};
pub use batch::{AcceptBatch, BatchChange, ChangeBatch, CheckBatch, CheckPart, LookUp};
pub use config::{ChangeConfig, ConfigChange, ConfigRecord};
pub use customers::{ChangeCustomer, CustomerChange};
pub use import::{ImportRow, ImportRows};
pub use leads::{ChangeLead, CreateLeadWork, LeadChange};
pub use preview::Preview;
pub use rekey::RekeyStep;
pub use request::Claimed;
pub use revert::RevertConversion;
pub use settle::{ChangeConversion, ConversionChange, Settle};
pub use similar::{FindSimilar, FoundRecords, Subject};
pub use tend::TendBatch;
pub use timeline::AddEntry;
