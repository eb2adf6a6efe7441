//! One invalid input, and what is expected of it.

use crate::support::{Api, fields};
use futures_util::future::BoxFuture;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// One invalid input.
pub struct Case {
    /// What is expected to be named; of a page that is too large nothing is.
    pub field: String,
    pub call: Box<dyn Fn(Api) -> BoxFuture<'static, Result<(), Status>>>,
    code: Code,
    reason: &'static str,
}

/// A call that names `$field`. `$api` is the name of the client in the call.
macro_rules! case {
    ($field:expr, |$api:ident| $call:expr) => {
        $crate::invalid::case::Case::new($field, move |$api| {
            let answer = $call;
            Box::pin(async move { answer.await.map(drop) })
        })
    };
}

pub(super) use case;

impl Case {
    /// A field that is refused.
    pub fn new(
        field: impl Into<String>,
        call: impl Fn(Api) -> BoxFuture<'static, Result<(), Status>> + 'static,
    ) -> Self {
        Self {
            field: field.into(),
            call: Box::new(call),
            code: Code::InvalidArgument,
            reason: "FIELD_INVALID",
        }
    }

    /// A page that is too large.
    pub fn too_large(mut self) -> Self {
        (self.code, self.reason) = (Code::ResourceExhausted, "PAGE_TOO_LARGE");
        self.field = String::new();
        self
    }

    /// What is otherwise than expected.
    pub fn check(&self, answer: Result<(), Status>) -> Result<(), String> {
        let Err(status) = answer else {
            return Err(format!("{}: was taken", self.field));
        };
        let details = status.get_error_details();
        let reason = details.error_info().map_or("", |info| info.reason.as_str());
        let named = fields(&status);
        let expected: &[String] = if self.field.is_empty() {
            &[]
        } else {
            std::slice::from_ref(&self.field)
        };
        if (status.code(), reason) == (self.code, self.reason) && named == expected {
            Ok(())
        } else {
            Err(format!(
                "{}: {:?} {reason} named {named:?}: {}",
                self.field,
                status.code(),
                status.message()
            ))
        }
    }
}
