//! What the tests have in common.

pub mod api;
pub mod batches;
pub mod calls;
pub mod errors;
pub mod folder;
pub mod heard;
pub mod http;
pub mod ids;
pub mod node;
pub mod poll;
pub mod site;

pub use api::Api;
pub use batches::{batch_of, item_override, metadata_of, on_duplicates, reason};
pub use calls::{WAIT, convert_and_wait, die, import_stream, lead_of};
pub use errors::{expected, fields, metadata, refusal};
pub use folder::open_folder;
pub use heard::{Event, Heard};
pub use ids::{new_id, new_id_text};
pub use node::Node;
pub use poll::{soon, within};
pub use site::{Site, System};
