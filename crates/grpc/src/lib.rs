//! The gRPC API: parses requests into domain types, runs a use case, and answers with messages or statuses.
//!
//! * [`server`]: everything on one port: the five services, health, reflection, gRPC-Web;
//! * `*_service`: one service each, a few lines an rpc;
//! * [`call`]: who calls, from the metadata; [`fingerprint`]: what an idempotency key stands for;
//! * [`status`]: how errors leave; [`layer`], [`rpcs`], [`tally`]: what happens around every call.

mod api;
mod batches;
pub mod call;
mod complete;
mod customer_service;
pub mod fingerprint;
pub mod health;
mod import_stream;
pub mod layer;
mod lead_conversion_service;
mod lead_service;
mod parse;
pub mod rpcs;
pub mod server;
mod settings_service;
pub mod status;
mod stopping;
pub mod tally;
mod team_service;
mod whole_body;

pub use call::TraceHook;
pub use health::HealthSwitch;
pub use server::{Options, ServeError, Tls, serve};
pub use tally::CallMeter;
