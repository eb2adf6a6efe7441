//! Who calls, as metadata.

use anyhow::Context;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

use crate::cli::Global;

/// Adds `x-tenant-id`, `x-actor` and `x-role` to every call, each only if given.
#[derive(Debug, Clone)]
pub struct Headers(Vec<(&'static str, MetadataValue<Ascii>)>);

impl Headers {
    /// From the command line.
    ///
    /// # Errors
    /// A role that cannot be sent.
    pub fn new(global: &Global) -> anyhow::Result<Self> {
        let given = [
            ("x-tenant-id", global.tenant.map(|id| id.to_string())),
            ("x-actor", global.actor.map(|id| id.to_string())),
            ("x-role", global.role.clone()),
        ];
        given
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)))
            .map(|(name, value)| {
                Ok((
                    name,
                    value
                        .parse()
                        .with_context(|| format!("{value} cannot be sent as {name}"))?,
                ))
            })
            .collect::<anyhow::Result<_>>()
            .map(Self)
    }
}

impl Interceptor for Headers {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        for (name, value) in &self.0 {
            request.metadata_mut().insert(*name, value.clone());
        }
        Ok(request)
    }
}
