//! Calls to a server.

mod failure;
mod headers;

use std::time::Duration;

use anyhow::Context;
use opportune_contract::v1::customer_service_client::CustomerServiceClient;
use opportune_contract::v1::lead_conversion_service_client::LeadConversionServiceClient;
use opportune_contract::v1::lead_service_client::LeadServiceClient;
use opportune_contract::v1::settings_service_client::SettingsServiceClient;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};

use crate::cli::Global;
use crate::endpoints::Endpoints;

pub use failure::{Failure, explain};
pub use headers::Headers;

/// Where a server is when nobody says where.
pub const DEFAULT_SERVER: &str = "http://127.0.0.1:50051";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Notices a server that went away without a word.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A channel whose calls carry tenant, actor and role.
pub type Transport = InterceptedService<Channel, Headers>;

/// A connection to a server. Cloning is cheap; a connection that breaks is made anew by the next call.
#[derive(Debug, Clone)]
pub struct Client {
    channel: Channel,
    headers: Headers,
}

impl Client {
    /// Connects to the server that the command line names.
    ///
    /// # Errors
    /// Nobody answers there; the message says what can be done.
    pub async fn connect(global: &Global) -> anyhow::Result<Self> {
        let url = server_url(global)?;
        let channel = endpoint(&url, global)?.connect().await.with_context(|| {
            format!("no server answers at {url}: start one with `opportune dev`, or name another one with --server")
        })?;
        Ok(Self {
            channel,
            headers: Headers::new(global)?,
        })
    }

    /// LeadService.
    pub fn leads(&self) -> LeadServiceClient<Transport> {
        LeadServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }

    /// CustomerService.
    pub fn customers(&self) -> CustomerServiceClient<Transport> {
        CustomerServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }

    /// SettingsService.
    pub fn settings(&self) -> SettingsServiceClient<Transport> {
        SettingsServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }

    /// LeadConversionService.
    pub fn conversions(&self) -> LeadConversionServiceClient<Transport> {
        LeadConversionServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
}

/// --server, else what runs in --data, else the default.
fn server_url(global: &Global) -> anyhow::Result<String> {
    match (&global.server, &global.data) {
        (Some(url), _) if url.contains("://") => Ok(url.clone()),
        (Some(address), _) => Ok(format!("http://{address}")),
        (None, Some(data)) => Ok(format!("http://{}", Endpoints::read(data)?.grpc)),
        (None, None) => Ok(DEFAULT_SERVER.to_owned()),
    }
}

fn endpoint(url: &str, global: &Global) -> anyhow::Result<Endpoint> {
    let endpoint = Endpoint::from_shared(url.to_owned())
        .with_context(|| format!("{url} is not the URL of a server"))?
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE);
    match &global.ca {
        Some(file) => {
            let pem = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem));
            endpoint
                .tls_config(tls)
                .context("the certificate of --ca cannot be used")
        }
        None => Ok(endpoint),
    }
}
