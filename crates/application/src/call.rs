//! Who calls, for which tenant, in which trace.

use opportune_domain::access::Caller;
use opportune_domain::ids::{RequestId, TenantId};
use opportune_domain::request::RequestClaim;

/// What every call carries besides its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The tenant; nothing of another one is ever touched.
    pub tenant: TenantId,
    /// The caller and its role.
    pub caller: Caller,
    /// W3C trace context of the call; empty = none.
    pub traceparent: String,
}

/// The idempotency key of a call with the fingerprint of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The caller's `request_id`.
    pub id: RequestId,
    /// SHA-256 of the canonical request without the parts that change nothing.
    pub fingerprint: [u8; 32],
}

impl Call {
    /// The claim of an idempotency key for an rpc, as it is stored.
    pub fn claim(&self, rpc: &'static str, key: Option<Key>) -> Option<RequestClaim> {
        key.map(|key| RequestClaim {
            id: key.id,
            rpc,
            actor: self.caller.actor,
            fingerprint: key.fingerprint,
        })
    }
}
