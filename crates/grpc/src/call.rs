//! Who calls, for which tenant, in which trace: read from the metadata of a call.

use opportune_application::Call;
use opportune_domain::access::{Caller, Role};
use opportune_domain::ids::{DEFAULT_TENANT, TenantId};
use opportune_domain::refusal::{Refusal, Violation};
use opportune_wire::ids::parse_id;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

/// The tenant, a UUID; absent = the default tenant.
const TENANT: &str = "x-tenant-id";
/// The caller, a salesperson's or user's id.
const ACTOR: &str = "x-actor";
/// The caller's role (rules 11); absent = manager.
const ROLE: &str = "x-role";
/// W3C trace context.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// What the executable does about traces; by default nothing.
pub trait TraceHook: Send + Sync {
    /// The `traceparent` of the current span, to be carried by jobs and events.
    fn traceparent(&self) -> Option<String> {
        None
    }

    /// Makes `span`, which is new, a child of the caller's span.
    fn adopt(&self, _span: &tracing::Span, _traceparent: &str) {}
}

impl TraceHook for () {}

/// Reads the metadata of a call.
///
/// # Errors
/// `FIELD_INVALID` naming each header that cannot be read.
pub fn read(metadata: &MetadataMap, trace: &dyn TraceHook) -> Result<Call, Refusal> {
    let mut violations = Vec::new();
    let mut known = |result: Result<Option<Uuid>, Refusal>| {
        result.unwrap_or_else(|refusal| {
            violations.extend(refusal.violations);
            None
        })
    };
    let tenant = known(id(metadata, TENANT));
    let actor = known(id(metadata, ACTOR));
    let role = role(metadata).unwrap_or_else(|violation| {
        violations.push(violation);
        Role::default()
    });
    if !violations.is_empty() {
        return Err(Refusal::fields(violations));
    }
    Ok(Call {
        tenant: tenant.map_or(DEFAULT_TENANT, TenantId),
        caller: Caller { actor, role },
        traceparent: trace
            .traceparent()
            .or_else(|| given_trace(metadata))
            .unwrap_or_default(),
    })
}

fn id(metadata: &MetadataMap, header: &str) -> Result<Option<Uuid>, Refusal> {
    match metadata.get(header).map(|value| value.to_str()) {
        None => Ok(None),
        Some(Ok(text)) => parse_id(header, text),
        Some(Err(_)) => Err(Refusal::field(header, "is not a UUID")),
    }
}

fn role(metadata: &MetadataMap) -> Result<Role, Violation> {
    let Some(value) = metadata.get(ROLE) else {
        return Ok(Role::default());
    };
    value.to_str().ok().and_then(Role::parse).ok_or_else(|| Violation {
        field: ROLE.to_owned(),
        description: "is none of salesperson_own, salesperson_all, manager, service, operator".to_owned(),
    })
}

fn given_trace(metadata: &MetadataMap) -> Option<String> {
    let text = metadata.get(TRACEPARENT)?.to_str().ok()?;
    is_traceparent(text).then(|| text.to_owned())
}

/// Version 00 of W3C Trace Context: `00-<32 hex>-<16 hex>-<2 hex>`, neither id all zeros.
pub(crate) fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    match text.split('-').collect::<Vec<_>>().as_slice() {
        ["00", trace, span, flags] => hex(trace, 32) && hex(span, 16) && hex(flags, 2) && !zero(trace) && !zero(span),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    struct Current;

    impl TraceHook for Current {
        fn traceparent(&self) -> Option<String> {
            Some(TRACE.replace("00f067aa0ba902b7", "00f067aa0ba902b8"))
        }
    }

    fn metadata(entries: &[(&'static str, &str)]) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        for (name, value) in entries {
            metadata.insert(*name, value.parse().unwrap());
        }
        metadata
    }

    #[test]
    fn a_caller_that_says_nothing_is_a_manager_of_the_default_tenant() {
        let call = read(&metadata(&[]), &()).unwrap();
        assert_eq!(call.tenant, DEFAULT_TENANT);
        assert_eq!(
            call.caller,
            Caller {
                actor: None,
                role: Role::Manager
            }
        );
        assert_eq!(call.traceparent, "");
    }

    #[test]
    fn tenant_actor_and_role_are_taken_from_the_metadata() {
        let (tenant, actor) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sent = metadata(&[
            (TENANT, &tenant.to_string()),
            (ACTOR, &actor.to_string()),
            (ROLE, "salesperson_own"),
            (TRACEPARENT, TRACE),
        ]);
        let call = read(&sent, &()).unwrap();
        assert_eq!(call.tenant, TenantId(tenant));
        assert_eq!(
            call.caller,
            Caller {
                actor: Some(actor),
                role: Role::SalespersonOwn
            }
        );
        assert_eq!(call.traceparent, TRACE);
    }

    #[test]
    fn every_header_that_cannot_be_read_is_named() {
        let sent = metadata(&[(TENANT, "acme"), (ACTOR, "7"), (ROLE, "king")]);
        let refusal = read(&sent, &()).unwrap_err();
        let named: Vec<_> = refusal
            .violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(named, [TENANT, ACTOR, ROLE]);
    }

    #[test]
    fn the_trace_of_our_own_span_goes_before_that_of_the_caller() {
        let call = read(&metadata(&[(TRACEPARENT, TRACE)]), &Current).unwrap();
        assert_eq!(call.traceparent, Current.traceparent().unwrap());
    }

    #[test]
    fn a_malformed_trace_is_none() {
        let malformed = [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ];
        for text in malformed {
            assert!(!is_traceparent(text), "{text}");
        }
        assert!(is_traceparent(TRACE));
    }
}
