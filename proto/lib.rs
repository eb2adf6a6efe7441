//! The contract of opportune: the messages and services of `proto/` as Rust types, the descriptor set that they come
//! from, and the canonical JSON of every message ([`json`]).
//!
//! The messages of the API are in [`v1`], the data of published events in [`events`], the messages between the
//! processes of one installation in [`jobs`].

pub mod json;

/// Messages that opportune borrows from Google's public API definitions.
pub mod google {
    /// The error model: `google.rpc.Status` and its details.
    pub mod rpc {
        tonic::include_proto!("google.rpc");
    }

    /// Common types: `google.type.Money` and `google.type.Date`.
    pub mod r#type {
        tonic::include_proto!("google.r#type");
    }
}

/// The packages of opportune, nested as they are in proto, which the generated paths rely on.
pub mod opportune {
    /// The gRPC API: package `opportune.v1`.
    pub mod v1 {
        tonic::include_proto!("opportune.v1");
    }

    /// What downstream systems hear.
    pub mod events {
        /// The data of CloudEvents: package `opportune.events.v1`.
        pub mod v1 {
            tonic::include_proto!("opportune.events.v1");
        }
    }

    /// What the processes of one installation tell each other.
    pub mod jobs {
        /// Messages on the job exchange: package `opportune.jobs.v1`.
        pub mod v1 {
            tonic::include_proto!("opportune.jobs.v1");
        }
    }
}

pub use opportune::events::v1 as events;
pub use opportune::jobs::v1 as jobs;
pub use opportune::v1;

/// The encoded `FileDescriptorSet` of the whole contract with everything it imports, without comments: for gRPC
/// reflection and for JSON.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));
