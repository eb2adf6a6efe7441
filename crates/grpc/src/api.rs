//! What the services work with, and the path that every unary call takes.

use crate::call::{self, TraceHook};
use crate::status::{refused, status};
use opportune_application::{App, AppError, Call};
use opportune_domain::refusal::Refusal;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

/// What an rpc answers.
pub(crate) type Answer<T> = Result<Response<T>, Status>;

/// The use cases, and the way to who calls them.
#[derive(Clone)]
pub(crate) struct Api {
    pub app: Arc<App>,
    pub trace: Arc<dyn TraceHook>,
    /// The server is being stopped.
    pub stop: CancellationToken,
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

    /// As [`Api::answer`], of a request around one message: what is wrong with that is named by its path in the
    /// request, such as `lead.email`.
    pub async fn answer_around<Q, R, F, O>(&self, message: &str, request: Request<Q>, run: F) -> Answer<R>
    where
        F: FnOnce(Arc<App>, Call, Q) -> O,
        O: Future<Output = Result<R, AppError>>,
    {
        let call = self.call(&request)?;
        run(self.app.clone(), call, request.into_inner())
            .await
            .map(Response::new)
            .map_err(|error| status(within(message, error)))
    }
}

/// The field of such a request stands beside the message, not in it.
fn stands_beside(message: &str, field: &str) -> bool {
    match field {
        "request_id" | "update_mask" | "lead_id" | "min_score" | "page_size" | "page_token" => true,
        // An entry of a timeline has a subject too.
        "subject" => message == "draft",
        _ => false,
    }
}

fn within(message: &str, error: AppError) -> AppError {
    let AppError::Refused(mut refusal) = error else {
        return error;
    };
    if refusal.violations.is_empty() {
        return AppError::Refused(refusal);
    }
    for violation in &mut refusal.violations {
        let root = violation.field.split('.').next().unwrap_or_default();
        if root != message && !stands_beside(message, root) {
            violation.field = format!("{message}.{}", violation.field);
        }
    }
    AppError::Refused(Refusal {
        reason: refusal.reason,
        metadata: refusal.metadata,
        ..Refusal::fields(refusal.violations)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_domain::refusal::Reason;

    #[test]
    fn a_wrong_field_is_named_by_its_path_in_the_request() {
        for (field, path) in [
            ("email", "lead.email"),
            ("expected_revenue.nanos", "lead.expected_revenue.nanos"),
            ("tags[1]", "lead.tags[1]"),
            ("lead", "lead"),
            ("lead.id", "lead.id"),
            ("update_mask", "update_mask"),
            ("request_id", "request_id"),
        ] {
            let AppError::Refused(refusal) = within("lead", Refusal::field(field, "is wrong").into()) else {
                unreachable!("a refusal stays one")
            };
            assert_eq!(refusal.violations[0].field, path);
            assert_eq!(refusal.message, format!("{path} is wrong"));
        }
    }

    #[test]
    fn the_subject_of_a_search_is_not_the_one_of_an_entry() {
        for (message, path) in [("draft", "subject"), ("entry", "entry.subject")] {
            let AppError::Refused(refusal) = within(message, Refusal::field("subject", "is wrong").into()) else {
                unreachable!("a refusal stays one")
            };
            assert_eq!(refusal.violations[0].field, path);
        }
    }

    #[test]
    fn what_is_not_about_a_field_stays_as_it_is() {
        let refusal = Refusal::new(Reason::LeadsDisabled, "leads are off").with("id", 7);
        let AppError::Refused(after) = within("lead", refusal.clone().into()) else {
            unreachable!("a refusal stays one")
        };
        assert_eq!(after, refusal);
    }
}
