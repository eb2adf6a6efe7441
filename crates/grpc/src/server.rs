//! Everything on one port: the services, health, reflection, gRPC-Web.

use crate::api::Api;
use crate::call::TraceHook;
use crate::customer_service::Customers;
use crate::health::HealthSwitch;
use crate::layer::CallLayer;
use crate::lead_conversion_service::Conversions;
use crate::lead_service::Leads;
use crate::settings_service::TenantSettings;
use crate::tally::CallMeter;
use crate::team_service::Teams;
use http::{HeaderName, HeaderValue, Method};
use opportune_application::App;
use opportune_contract::DESCRIPTOR_SET;
use opportune_contract::v1::customer_service_server::CustomerServiceServer;
use opportune_contract::v1::lead_conversion_service_server::LeadConversionServiceServer;
use opportune_contract::v1::lead_service_server::LeadServiceServer;
use opportune_contract::v1::settings_service_server::SettingsServiceServer;
use opportune_contract::v1::team_service_server::TeamServiceServer;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic_web::GrpcWebLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// The largest message that is taken, in bytes.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;
/// How often an idle connection is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// How to serve.
#[derive(Clone)]
pub struct Options {
    /// Certificate and key; `None` = in the clear.
    pub tls: Option<Tls>,
    /// How long a call may take that neither waits nor streams.
    pub timeout: Duration,
    /// Calls at the same time on one connection; more of them wait.
    pub calls_per_connection: u32,
    /// Web origins that browsers may call from, such as `https://app.example.com`; `*` = any. Empty = none: a page
    /// that a user happens to visit must not reach a service on his own machine.
    pub web_origins: Vec<String>,
    /// What health checks hear.
    pub health: HealthSwitch,
    /// Continues traces.
    pub trace: Arc<dyn TraceHook>,
    /// Hears the end of each call.
    pub meter: Arc<dyn CallMeter>,
}

impl Options {
    /// In the clear, 30 s a call, no web origins, nobody told.
    pub fn new(health: HealthSwitch) -> Self {
        Self {
            tls: None,
            timeout: Duration::from_secs(30),
            calls_per_connection: 4_096,
            web_origins: Vec::new(),
            health,
            trace: Arc::new(()),
            meter: Arc::new(()),
        }
    }
}

/// Where certificate and key are, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, with the chain behind it.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why the server did not start, or ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A PEM file cannot be read.
    #[error("cannot read {path}")]
    Pem {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A web origin is not one.
    #[error("{0:?} is not a web origin")]
    Origin(String),
    /// The contract's descriptors cannot be reflected, which only a broken build can cause.
    #[error("the contract cannot be reflected")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed, or certificate and key do not fit.
    #[error("the gRPC transport failed")]
    Transport(#[from] tonic::transport::Error),
}

/// Serves until `stop`, then lets calls that are under way end, and ends streams that would go on: their clients find
/// another server. Nobody is cut off: whoever calls this sets a limit.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    listener: TcpListener,
    options: Options,
    app: Arc<App>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let routes = routes(
        &options,
        Api {
            app,
            trace: options.trace.clone(),
            stop: stop.clone(),
        },
    )?;
    let mut server = Server::builder();
    if let Some(tls) = &options.tls {
        server = server.tls_config(ServerTlsConfig::new().identity(identity(tls).await?))?;
    }
    let calls = CallLayer {
        timeout: options.timeout,
        trace: options.trace,
        meter: options.meter,
    };
    server
        .accept_http1(true)
        .max_concurrent_streams(options.calls_per_connection)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .layer(cors(&options.web_origins)?)
        .layer(GrpcWebLayer::new())
        .layer(calls)
        .add_routes(routes)
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            stop.cancelled_owned(),
        )
        .await?;
    Ok(())
}

macro_rules! limited {
    ($server:ident, $service:expr) => {
        $server::new($service)
            .accept_compressed(Gzip)
            .max_decoding_message_size(LARGEST_MESSAGE)
    };
}

fn routes(options: &Options, api: Api) -> Result<Routes, ServeError> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(
        Routes::new(limited!(LeadConversionServiceServer, Conversions(api.clone())))
            .add_service(limited!(LeadServiceServer, Leads(api.clone())))
            .add_service(limited!(CustomerServiceServer, Customers(api.clone())))
            .add_service(limited!(TeamServiceServer, Teams(api.clone())))
            .add_service(limited!(SettingsServiceServer, TenantSettings(api)))
            .add_service(options.health.service())
            .add_service(reflection().build_v1()?)
            // What many tools still ask for.
            .add_service(reflection().build_v1alpha()?),
    )
}

async fn identity(tls: &Tls) -> Result<Identity, ServeError> {
    Ok(Identity::from_pem(pem(&tls.cert).await?, pem(&tls.key).await?))
}

async fn pem(path: &PathBuf) -> Result<Vec<u8>, ServeError> {
    tokio::fs::read(path).await.map_err(|source| ServeError::Pem {
        path: path.clone(),
        source,
    })
}

/// What browsers are told about calls from other origins; without origins they are told nothing, which forbids them.
fn cors(origins: &[String]) -> Result<CorsLayer, ServeError> {
    if origins.is_empty() {
        return Ok(CorsLayer::new());
    }
    let origin = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        let parse = |origin: &String| HeaderValue::from_str(origin).map_err(|_| ServeError::Origin(origin.clone()));
        AllowOrigin::list(origins.iter().map(parse).collect::<Result<Vec<_>, _>>()?)
    };
    let exposed = ["grpc-status", "grpc-message", "grpc-status-details-bin"].map(HeaderName::from_static);
    Ok(CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(exposed))
}
