//! `requests`: one id, one effect.

use opportune_domain::request::RequestClaim;
use uuid::Uuid;

/// The columns of `requests`, one list each.
#[derive(Debug, Default)]
pub(super) struct RequestColumns<'a> {
    pub id: Vec<Uuid>,
    pub rpc: Vec<&'a str>,
    pub actor: Vec<Option<Uuid>>,
    pub fingerprint: Vec<&'a [u8]>,
    pub resource: Vec<Uuid>,
}

impl<'a> RequestColumns<'a> {
    /// By id, so that two units of work with the same ones do not wait for each other in a circle.
    pub fn sorted(requests: &'a [(RequestClaim, Uuid)]) -> Self {
        let mut sorted: Vec<&(RequestClaim, Uuid)> = requests.iter().collect();
        sorted.sort_unstable_by_key(|(claim, _)| claim.id);
        let mut columns = Self::default();
        for (claim, resource) in sorted {
            columns.id.push(claim.id.0);
            columns.rpc.push(claim.rpc);
            columns.actor.push(claim.actor);
            columns.fingerprint.push(&claim.fingerprint);
            columns.resource.push(*resource);
        }
        columns
    }
}
