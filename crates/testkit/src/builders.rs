//! Ids, times and records that tests begin with.

use chrono::{DateTime, Utc};
use opportune_application::ids::IdSource;
use opportune_domain::batch::{Batch, BatchOrder};
use opportune_domain::customer::Customer;
use opportune_domain::ids::{BatchId, CustomerId, LeadId, TenantId};
use opportune_domain::lead::{Lead, LeadPatch, LeadType};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// An id that nobody else has, larger than those before it in this process, as UUIDv7 are.
pub fn new_id() -> Uuid {
    static PROCESS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // Version 7 and its variant, then what is random in them.
    let random = u128::from(PROCESS.hash_one((std::process::id(), number)) & 0x3fff_ffff_ffff_ffff);
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | (u128::from(number) << 80) | random)
}

/// A source of such ids.
pub fn ids() -> IdSource {
    IdSource::new(new_id)
}

/// A tenant that nobody else has.
pub fn new_tenant() -> TenantId {
    TenantId(new_id())
}

/// A time some seconds after a fixed one, to the microsecond, as the database has it.
pub fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 123_456_000).unwrap_or_default()
}

/// An open lead about a person, with an address of that name, created at a moment.
pub fn lead(name: &str, created: DateTime<Utc>) -> Lead {
    Lead {
        title: format!("{name} wants an offer"),
        contact_name: name.to_owned(),
        email: address(name),
        ..Lead::empty(LeadId(new_id()), LeadType::Lead, created)
    }
}

/// What a caller gives about a lead of a person, with an address of that name.
pub fn patch(name: &str) -> LeadPatch {
    LeadPatch {
        title: Some(format!("{name} wants an offer")),
        contact_name: Some(name.to_owned()),
        email: Some(address(name)),
        ..LeadPatch::default()
    }
}

/// A person, with an address of that name, created at a moment.
pub fn customer(name: &str, created: DateTime<Utc>) -> Customer {
    Customer {
        email: address(name),
        ..Customer::named(CustomerId(new_id()), name, false, created)
    }
}

/// A batch that conversions can be items of, created at a moment.
pub fn batch(id: BatchId, created: DateTime<Utc>) -> Batch {
    Batch::new(id, None, BatchOrder::default(), created)
}

fn address(name: &str) -> String {
    let local = name.to_lowercase().replace(' ', ".");
    format!("{local}@{}.example", local.replace('.', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_and_are_of_version_7() {
        let ids: Vec<Uuid> = (0..100).map(|_| new_id()).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
