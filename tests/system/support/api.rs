//! Calls, as a tenant's program makes them.

use super::ids::new_id;
use opportune_contract::v1::customer_service_client::CustomerServiceClient;
use opportune_contract::v1::lead_conversion_service_client::LeadConversionServiceClient;
use opportune_contract::v1::lead_service_client::LeadServiceClient;
use opportune_contract::v1::settings_service_client::SettingsServiceClient;
use opportune_contract::v1::team_service_client::TeamServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use uuid::Uuid;

/// A channel whose calls carry metadata.
pub type Transport = InterceptedService<Channel, Metadata>;

/// Metadata of every call.
#[derive(Clone, Default)]
pub struct Metadata(Vec<(&'static str, MetadataValue<Ascii>)>);

impl Interceptor for Metadata {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        for (name, value) in &self.0 {
            request.metadata_mut().insert(*name, value.clone());
        }
        Ok(request)
    }
}

/// Calls to one server for one tenant.
#[derive(Clone)]
pub struct Api {
    /// The bare connection.
    pub channel: Channel,
    /// The tenant that calls.
    pub tenant: Uuid,
    metadata: Metadata,
}

impl Api {
    /// For a tenant of its own. Connects at the first call, and anew after every break.
    pub fn new(address: &str) -> Self {
        let channel = Endpoint::from_shared(format!("http://{address}"))
            .unwrap()
            .connect_lazy();
        Self {
            channel,
            tenant: Uuid::nil(),
            metadata: Metadata::default(),
        }
        .as_tenant(new_id())
    }

    /// The same tenant, another server.
    pub fn at(&self, address: &str) -> Self {
        let channel = Self::new(address).channel;
        Self {
            channel,
            ..self.clone()
        }
    }

    /// The same server, another tenant.
    pub fn as_tenant(&self, tenant: Uuid) -> Self {
        let mut api = self.with("x-tenant-id", &tenant.to_string());
        api.tenant = tenant;
        api
    }

    /// One more piece of metadata; it takes the place of one with the same name.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut api = self.without(name);
        api.metadata.0.push((name, value.parse().unwrap()));
        api
    }

    /// Without a piece of metadata.
    pub fn without(&self, name: &str) -> Self {
        let mut api = self.clone();
        api.metadata.0.retain(|(given, _)| *given != name);
        api
    }

    /// LeadService.
    pub fn leads(&self) -> LeadServiceClient<Transport> {
        LeadServiceClient::with_interceptor(self.channel.clone(), self.metadata.clone())
    }

    /// LeadConversionService.
    pub fn conversions(&self) -> LeadConversionServiceClient<Transport> {
        LeadConversionServiceClient::with_interceptor(self.channel.clone(), self.metadata.clone())
    }

    /// CustomerService.
    pub fn customers(&self) -> CustomerServiceClient<Transport> {
        CustomerServiceClient::with_interceptor(self.channel.clone(), self.metadata.clone())
    }

    /// TeamService.
    pub fn teams(&self) -> TeamServiceClient<Transport> {
        TeamServiceClient::with_interceptor(self.channel.clone(), self.metadata.clone())
    }

    /// SettingsService.
    pub fn settings(&self) -> SettingsServiceClient<Transport> {
        SettingsServiceClient::with_interceptor(self.channel.clone(), self.metadata.clone())
    }
}
