//! What a lead, a match and a conversion *are*. Decides, never does.
//!
//! Nothing in this crate waits, reads a clock, draws a random number or talks to anybody: the time and the new ids are
//! handed in. The same functions serve a single call, a batch, an import and a preview.
//!
//! * [`lead`], [`customer`], [`tenant`]: the records;
//! * [`normal`]: normal forms of e-mail addresses, phone numbers, names (rules 2);
//! * [`keys`], [`similar`]: how records find each other and how alike they are (rules 3);
//! * [`conversion`]: the decision (rules 4 to 6);
//! * [`batch`]: many conversions together (rules 8);
//! * [`world`]: the snapshot that decisions are taken over, with the changes they made to it;
//! * [`event`]: what is told to downstream systems.

pub mod access;
pub mod address;
pub mod batch;
pub mod conversion;
pub mod customer;
pub mod event;
mod given;
pub mod ids;
pub mod import;
pub mod keys;
pub mod lead;
pub mod limits;
pub mod money;
pub mod normal;
pub mod refusal;
pub mod rekey;
pub mod request;
pub mod similar;
pub mod tenant;
pub mod timeline;
pub mod touched;
pub mod world;
