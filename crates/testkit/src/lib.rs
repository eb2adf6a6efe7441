//! What tests need beside the thing they test: a database and a virtual host of their own, a proxy that can be cut,
//! ids and records.
//!
//! Servers are those that the environment names ([`DATABASE_URL`], [`AMQP_URL`]), else those of this machine on their
//! usual ports. `test-servers COMMAND…` runs a command with private servers for those that are not named:
//!
//! ```sh
//! cargo run -q -p opportune-testkit --bin test-servers -- cargo nextest run --workspace
//! ```

mod broker;
mod builders;
mod chaos;
mod control;
mod database;
mod servers;
mod template;
mod work;

pub use broker::{TestBroker, delete_leftovers};
pub use builders::{batch, customer, ids, lead, moment, new_id, new_tenant, patch};
pub use chaos::ChaosProxy;
pub use control::{BrokerControl, serve_control};
pub use database::{TestDatabase, drop_leftovers};
pub use servers::{AMQP_URL, CONTROL, DATABASE_URL, amqp_url, answers_amqp, answers_postgres, database_url};
pub use work::{look, steps, write};
