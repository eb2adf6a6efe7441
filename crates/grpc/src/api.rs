//! What the services work with, and the path that every unary call takes.

use crate::call::{self, TraceHook};
use crate::status::{refused, status};
use opportune_application::{App, AppError, Call};
use opportune_domain::refusal::{Reason, Refusal};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// What an rpc answers.
pub(crate) type Answer<T> = Result<Response<T>, Status>;

/// The use cases, and the way to who calls them.
#[derive(Clone)]
pub(crate) struct Api {
    pub app: Arc<App>,
    pub trace: Arc<dyn TraceHook>,
}

impl Api {
    /// Who calls.
    pub fn call<Q>(&self, request: &Request<Q>) -> Result<Call, Status> {
        call::read(request.metadata(), self.trace.as_ref()).map_err(|refusal| refused(&refusal))
    }

    /// Runs a use case for a call and turns its error into a status.
    pub async fn answer<Q, R, F, O>(&self, request: Request<Q>, run: F) -> Answer<R>
    where
        F: FnOnce(Arc<App>, Call, Q) -> O,
        O: Future<Output = Result<R, AppError>>,
    {
        let call = self.call(&request)?;
        run(self.app.clone(), call, request.into_inner())
            .await
            .map(Response::new)
            .map_err(status)
    }
}

/// The answer of an rpc that is not there yet.
pub(crate) fn not_implemented(rpc: &str) -> Status {
    refused(&Refusal::new(
        Reason::NotImplemented,
        format!("{rpc} is not available yet"),
    ))
}
