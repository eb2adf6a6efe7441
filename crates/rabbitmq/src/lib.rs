//! The broker adapter: topology, confirmed publisher, job consumer, dead letters, settled notices, the CloudEvents
//! envelope.
//!
//! * [`Broker`] is one connection that is made anew when it is lost, and knows its [`BrokerHealth`];
//! * [`AmqpPublisher`], [`AmqpJobQueue`] and [`AmqpNotices`] are the ports of the application on it;
//! * [`listen`] and [`EventTail`] have connections of their own, because their queues die with the connection;
//! * [`DeadLetters`], [`replay_to_queue`] and [`depths`] are what operators need.
//!
//! A process that publishes and consumes does well to open two brokers: RabbitMQ stops reading from connections that
//! publish while it is short of memory or disk, and acknowledgements on the same connection would wait too.

mod burial;
mod channels;
mod clock;
mod connection;
mod dead;
mod dial;
mod envelope;
mod error;
mod events_consumer;
mod headers;
mod health;
mod job_message;
mod jobs;
mod keeper;
mod options;
mod outgoing;
mod pool;
mod publisher;
mod queues;
mod replay;
mod settled;
mod subscription;
pub mod topology;
mod window;

pub use connection::Broker;
pub use dead::{DeadLetter, DeadLetters, Replayed, Selection};
pub use error::BrokerError;
pub use events_consumer::{EventTail, TailedEvent};
pub use health::BrokerHealth;
pub use jobs::AmqpJobQueue;
pub use options::{BrokerOptions, BrokerUrl, EventFormat};
pub use publisher::AmqpPublisher;
pub use queues::{QueueDepth, depths};
pub use replay::replay_to_queue;
pub use settled::{AmqpNotices, Listener, listen};
