//! What the use cases need from outside.

mod broker;
mod meter;
mod outbox;
mod reads;
mod store;

pub use broker::{Deliveries, Delivery, Job, JobQueue, Notices, PublishError, Publisher, QueueName};
pub use meter::Meter;
pub use outbox::{Outbound, Outbox, OutboxLag, OutboxRow};
pub use reads::{
    ConversionFilter, ConversionStateName, ItemEnd, LeadFilter, LeadOrder, Page, PageAfter, Reads, SortKey,
    StoredEvent, Timeline,
};
pub use store::{Committed, Needs, Pick, Store, StoreError, Work};
