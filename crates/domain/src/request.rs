//! Idempotency: one `request_id`, one effect (design: requests table, kept 30 days).

use crate::ids::RequestId;
use crate::refusal::{Reason, Refusal};
use uuid::Uuid;

/// What a call says about itself: its key, and a fingerprint of all that matters of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestClaim {
    /// The caller's key.
    pub id: RequestId,
    /// Which rpc, for example `ConvertLead`.
    pub rpc: &'static str,
    /// Who called, if known.
    pub actor: Option<Uuid>,
    /// SHA-256 of the canonical request without the parts that change nothing (`wait`).
    pub fingerprint: [u8; 32],
}

/// A request that was taken earlier, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// The caller's key.
    pub id: RequestId,
    /// Which rpc.
    pub rpc: String,
    /// Who called.
    pub actor: Option<Uuid>,
    /// Fingerprint of the request.
    pub fingerprint: Vec<u8>,
    /// The record that the call made or changed.
    pub resource: Uuid,
}

impl SeenRequest {
    /// The record that the first call made, if this is the same call again.
    ///
    /// # Errors
    /// `REQUEST_ID_REUSED` when anything about the call differs.
    pub fn replay(&self, claim: &RequestClaim) -> Result<Uuid, Refusal> {
        let same = self.rpc == claim.rpc && self.actor == claim.actor && self.fingerprint == claim.fingerprint;
        if same {
            Ok(self.resource)
        } else {
            Err(
                Refusal::new(Reason::RequestIdReused, "this request_id was used for another request")
                    .with("request_id", claim.id),
            )
        }
    }
}
