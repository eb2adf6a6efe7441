//! What an idempotency key stands for: a digest of everything about a request that changes what it does.

use opportune_application::call::Key;
use opportune_contract::v1;
use opportune_domain::refusal::Refusal;
use opportune_wire::ids::parse_id;
use prost::Message;
use sha2::{Digest, Sha256};

/// A request with an idempotency key.
pub trait Keyed: Message + Clone {
    /// The rpc that it belongs to.
    const RPC: &'static str;

    /// The caller's key; empty = none.
    fn request_id(&self) -> &str;

    /// Clears the key itself, and what does not change what is done.
    fn clear_key(&mut self);
}

macro_rules! keyed {
    ($($message:ident => $rpc:literal, clears $($field:ident),+;)+) => {
        $(impl Keyed for v1::$message {
            const RPC: &'static str = $rpc;

            fn request_id(&self) -> &str {
                &self.request_id
            }

            fn clear_key(&mut self) {
                $(self.$field = Default::default();)+
            }
        })+
    };
}

keyed! {
    CreateLeadRequest => "CreateLead", clears request_id;
    CreateCustomerRequest => "CreateCustomer", clears request_id;
    CreateTeamRequest => "CreateTeam", clears request_id;
    CreateSalespersonRequest => "CreateSalesperson", clears request_id;
    CreateStageRequest => "CreateStage", clears request_id;
    ConvertLeadRequest => "ConvertLead", clears request_id, wait;
    MergeLeadsRequest => "MergeLeads", clears request_id, wait;
    RevertConversionRequest => "RevertConversion", clears request_id;
    AddTimelineEntryRequest => "AddTimelineEntry", clears request_id;
    ImportHeader => "ImportLeads", clears request_id, resume_from;
    RetryBatchRequest => "RetryBatch", clears request_id;
}

/// The key of a request with its fingerprint; `None` when the caller gave no key.
///
/// # Errors
/// `FIELD_INVALID` naming `request_id` when it is no UUID.
pub fn key<M: Keyed>(request: &M) -> Result<Option<Key>, Refusal> {
    let id = parse_id("request_id", request.request_id())?;
    Ok(id.map(|id| Key {
        id,
        fingerprint: fingerprint(request),
    }))
}

/// The key of a batch. Its ids may be very many: they are not copied, and not encoded once more.
///
/// # Errors
/// As [`key`].
pub fn batch_key(request: &mut v1::BatchConvertLeadsRequest) -> Result<Option<Key>, Refusal> {
    let Some(id) = parse_id("request_id", &request.request_id)? else {
        return Ok(None);
    };
    request.request_id.clear();
    let lead_ids = std::mem::take(&mut request.lead_ids);
    let mut digest = Sha256::new()
        .chain_update("BatchConvertLeads")
        .chain_update([0])
        .chain_update(request.encode_to_vec());
    for lead_id in &lead_ids {
        digest.update([0]);
        digest.update(lead_id);
    }
    request.lead_ids = lead_ids;
    Ok(Some(Key {
        id,
        fingerprint: digest.finalize().into(),
    }))
}

/// SHA-256 over the rpc's name and the encoded request without its key. Encoding is deterministic: fields are written
/// in the order of their numbers, and all maps of the contract are sorted.
pub fn fingerprint<M: Keyed>(request: &M) -> [u8; 32] {
    let mut bare = request.clone();
    bare.clear_key();
    Sha256::new()
        .chain_update(M::RPC)
        .chain_update([0])
        .chain_update(bare.encode_to_vec())
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn convert(lead: u128) -> v1::ConvertLeadRequest {
        v1::ConvertLeadRequest {
            lead_id: Uuid::from_u128(lead).to_string(),
            ..v1::ConvertLeadRequest::default()
        }
    }

    #[test]
    fn key_and_waiting_time_are_not_part_of_what_is_asked() {
        let wait = Some(prost_types::Duration { seconds: 5, nanos: 0 });
        let other = v1::ConvertLeadRequest {
            request_id: Uuid::from_u128(9).to_string(),
            wait,
            ..convert(1)
        };
        assert_eq!(fingerprint(&convert(1)), fingerprint(&other));
    }

    #[test]
    fn everything_else_is() {
        assert_ne!(fingerprint(&convert(1)), fingerprint(&convert(2)));
        let forced = v1::ConvertLeadRequest {
            force_assignment: true,
            ..convert(1)
        };
        assert_ne!(fingerprint(&convert(1)), fingerprint(&forced));
    }

    #[test]
    fn the_same_payload_of_another_rpc_is_another_request() {
        assert_ne!(
            fingerprint(&v1::CreateTeamRequest::default()),
            fingerprint(&v1::CreateStageRequest::default())
        );
    }

    #[test]
    fn the_ids_of_a_batch_and_their_order_are_part_of_what_is_asked() {
        let key = |ids: &[u128], force_assignment| {
            let mut request = v1::BatchConvertLeadsRequest {
                request_id: Uuid::from_u128(9).to_string(),
                lead_ids: ids.iter().map(|id| Uuid::from_u128(*id).to_string()).collect(),
                instruction: Some(v1::ConvertInstruction {
                    force_assignment,
                    ..v1::ConvertInstruction::default()
                }),
                ..v1::BatchConvertLeadsRequest::default()
            };
            let key = batch_key(&mut request).unwrap().unwrap();
            assert_eq!(request.lead_ids.len(), ids.len(), "the ids are still there");
            key.fingerprint
        };
        assert_eq!(key(&[1, 2], false), key(&[1, 2], false));
        assert_ne!(key(&[1, 2], false), key(&[2, 1], false));
        assert_ne!(key(&[1, 2], false), key(&[1], false));
        assert_ne!(key(&[1, 2], false), key(&[1, 2], true));
    }

    #[test]
    fn a_key_that_is_no_uuid_is_refused() {
        let request = v1::CreateLeadRequest {
            request_id: "today".into(),
            ..v1::CreateLeadRequest::default()
        };
        assert_eq!(key(&request).unwrap_err().violations[0].field, "request_id");
        assert!(key(&v1::CreateLeadRequest::default()).unwrap().is_none());
    }
}
