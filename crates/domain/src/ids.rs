//! Identifiers. Each kind of record has a type of its own, so that a customer's id is never taken for a lead's.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl From<$name> for Uuid {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

id!(
    /// A tenant: a company that uses the service; no record of one is ever seen by another.
    TenantId
);
id!(
    /// A lead or opportunity. Converting keeps the id (rules 4.3).
    LeadId
);
id!(
    /// A customer: a company or a person.
    CustomerId
);
id!(
    /// A sales team.
    TeamId
);
id!(
    /// A salesperson.
    SalespersonId
);
id!(
    /// A stage of the pipeline.
    StageId
);
id!(
    /// One conversion: an accepted command and what became of it.
    ConversionId
);
id!(
    /// A batch of conversions.
    BatchId
);
id!(
    /// The idempotency key that a caller chose for a call.
    RequestId
);
id!(
    /// An event; stable over redeliveries.
    EventId
);
id!(
    /// An entry of a record's timeline.
    TimelineEntryId
);

/// The tenant of callers that name none.
pub const DEFAULT_TENANT: TenantId = TenantId(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001));

/// Where new ids come from: handed in, so that decisions stay pure and tests can repeat them.
pub trait NewIds: Send {
    /// The next unused id, a UUIDv7 in production: ids grow with time.
    fn next(&mut self) -> Uuid;
}
