//! The store port in SQL.
//!
//! * [`Database`]: the two pools, one a role, and the migrations;
//! * [`PgStore`]: units of work: load, lock, decide, write, commit, start over when others were in the way;
//! * [`PgReads`]: by id and in pages;
//! * [`PgOutbox`]: what is left to be published, for the relay.
//!
//! Every statement of a tenant runs in a transaction that names the tenant; row-level security shows nothing otherwise.

mod configs;
mod error;
mod growth;
mod load;
mod nodelay;
mod outbox;
mod pool;
mod reads;
mod rows;
mod sizes;
mod store;
mod transaction;
mod work;
mod write;

pub use error::DatabaseError;
pub use nodelay::send_at_once;
pub use outbox::PgOutbox;
pub use pool::{Database, DatabaseOptions, migrate};
pub use reads::PgReads;
pub use store::PgStore;
