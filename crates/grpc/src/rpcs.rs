//! What is known about each rpc before it is called, from the contract itself.

use crate::parse::LONGEST_WAIT;
use opportune_contract::json::descriptor_pool;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

/// An rpc of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rpc {
    /// Service and method, for example `opportune.v1.LeadService/GetLead`.
    pub name: String,
    /// Requests or answers are a stream, which takes as long as it takes.
    pub streaming: bool,
    /// The request can ask to be held for an outcome.
    pub waits: bool,
}

impl Rpc {
    /// How long a call may take, where `usual` is what one takes that neither waits nor streams; `None` = any time.
    pub fn limit(&self, usual: Duration) -> Option<Duration> {
        match (self.streaming, self.waits) {
            (true, _) => None,
            (false, true) => Some(usual + LONGEST_WAIT),
            (false, false) => Some(usual),
        }
    }
}

/// The rpc at a path such as `/opportune.v1.LeadService/GetLead`, if it is one of ours.
pub fn at(path: &str) -> Option<&'static Rpc> {
    all().get(path)
}

/// The full names of our services.
pub fn services() -> impl Iterator<Item = String> {
    descriptor_pool()
        .services()
        .map(|service| service.full_name().to_owned())
}

fn all() -> &'static HashMap<String, Rpc> {
    static ALL: OnceLock<HashMap<String, Rpc>> = OnceLock::new();
    ALL.get_or_init(|| {
        let methods = descriptor_pool()
            .services()
            .flat_map(|service| service.methods().collect::<Vec<_>>());
        methods
            .map(|method| {
                let name = format!("{}/{}", method.parent_service().full_name(), method.name());
                let rpc = Rpc {
                    streaming: method.is_client_streaming() || method.is_server_streaming(),
                    waits: method.input().get_field_by_name("wait").is_some(),
                    name: name.clone(),
                };
                (format!("/{name}"), rpc)
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Duration = Duration::from_secs(30);

    fn limit(path: &str) -> Option<Duration> {
        at(path).unwrap().limit(USUAL)
    }

    #[test]
    fn streams_take_as_long_as_they_take() {
        assert_eq!(limit("/opportune.v1.LeadService/ImportLeads"), None);
        assert_eq!(limit("/opportune.v1.LeadConversionService/WatchConversion"), None);
    }

    #[test]
    fn a_call_that_waits_has_its_waiting_time_on_top() {
        assert_eq!(limit("/opportune.v1.LeadService/GetLead"), Some(USUAL));
        assert_eq!(
            limit("/opportune.v1.LeadConversionService/ConvertLead"),
            Some(USUAL + LONGEST_WAIT)
        );
    }

    #[test]
    fn what_is_not_in_the_contract_is_no_rpc() {
        assert_eq!(at("/opportune.v1.LeadService/DropTables"), None);
        assert_eq!(services().count(), 5);
    }
}
