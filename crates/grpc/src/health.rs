//! Whether this process serves, as the gRPC health service tells it.

use crate::rpcs;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

/// Turns the health of all services on and off. Clones turn the same one; it begins as not serving.
#[derive(Debug, Clone)]
pub struct HealthSwitch {
    reporter: HealthReporter,
}

impl HealthSwitch {
    /// A switch that is off.
    pub async fn new() -> Self {
        let switch = Self {
            reporter: HealthReporter::new(),
        };
        switch.set_serving(false).await;
        switch
    }

    /// Serving or not: all services and the server as a whole (the empty name).
    pub async fn set_serving(&self, serving: bool) {
        let status = if serving {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        self.reporter.set_service_status("", status).await;
        for service in rpcs::services() {
            self.reporter.set_service_status(service, status).await;
        }
    }

    pub(crate) fn service(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()))
    }
}
