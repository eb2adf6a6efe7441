//! Use cases, and the ports they need.
//!
//! A caller's request becomes a [`work`] unit: it says what has to be loaded and locked, and decides over what was
//! loaded. The store runs it in one transaction. Everything that writes goes this way: single calls, imports, workers.
//!
//! * [`app`]: one method a use case, called by the gRPC services;
//! * [`accept`], [`batches`], [`dispatch`], [`worker`], [`relay`], [`rekey`], [`waiters`]: the moving parts between a call and its event;
//! * [`ports`]: what the use cases need from the database and the broker.

pub mod accept;
pub mod app;
pub mod batches;
pub mod call;
pub mod dispatch;
pub mod error;
pub mod ids;
pub mod page;
pub mod ports;
pub mod rekey;
pub mod relay;
pub mod waiters;
pub mod work;
pub mod worker;

pub use app::App;
pub use call::Call;
pub use error::AppError;
