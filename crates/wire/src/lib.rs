//! Domain types and contract messages, each from the other. Shared by the adapters, which never see each other.
//!
//! What comes in is parsed into domain types, and every wrong field is named; what goes out is a plain mapping that
//! cannot fail. Nothing is decided here: how long a text may be is the domain's business.
//!
//! * [`lead`], [`timeline`], [`customer`], [`team`], [`settings`], [`similar`], [`import`], [`conversion`]: the records;
//! * [`command`]: what a conversion is asked to do;
//! * [`event`]: the body of a published event;
//! * [`refusal`]: the error model;
//! * [`fields`], [`ids`], [`enums`], [`time`], [`money`], [`custom`]: the parts that they are made of.

pub mod batch;
pub mod command;
pub mod conversion;
pub mod custom;
pub mod customer;
pub mod enums;
pub mod event;
pub mod fields;
pub mod ids;
pub mod import;
pub mod lead;
pub mod money;
pub mod refusal;
pub mod settings;
pub mod similar;
pub mod team;
pub mod time;
pub mod timeline;
