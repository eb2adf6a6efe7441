//! Where a vector runs: a tenant of its own on one node, and what it has named there.

use super::client;
use super::errors;
use super::names::Names;
use super::request;
use super::seen::{Look, Seen};
use super::vector::Acting;
use super::view;
use super::view::KIND;
use crate::support::{Heard, new_id, new_id_text};
use opportune_contract::json::descriptor_pool;
use opportune_testkit::TestDatabase;
use serde_json::{Map, Value, json};
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use uuid::Uuid;

/// What all vectors share.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// To the node.
    pub channel: &'a Channel,
    /// All events.
    pub heard: &'a Heard,
    /// Where the node keeps everything: it tells when no event is on its way any more.
    pub database: &'a TestDatabase,
}

/// One vector on its way.
pub struct Scene<'a> {
    pub stage: Stage<'a>,
    /// The tenant, fresh.
    pub tenant: Uuid,
    /// What has a name.
    pub names: Names,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The answer's main message, or the answer.
    Answer(Value),
    /// The error.
    Refused(Value),
}

impl<'a> Scene<'a> {
    /// A fresh tenant.
    pub fn new(stage: Stage<'a>) -> Self {
        Self {
            stage,
            tenant: new_id(),
            names: Names::default(),
        }
    }

    /// Evaluates something that may want to read: what it misses is read, and it is evaluated again.
    ///
    /// # Errors
    /// When something cannot be read.
    pub async fn look<T>(&self, evaluate: impl Fn(&Seen) -> T) -> Result<T, String> {
        let mut seen = Seen::default();
        loop {
            let value = evaluate(&seen);
            let missing = seen.take_missing();
            if missing.is_empty() {
                return Ok(value);
            }
            for look in missing {
                let read = self.read(&look).await?;
                seen.found(look, read);
            }
        }
    }

    /// As [`Scene::look`], with the one thing that is to be seen.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn see(&self, look: Look) -> Result<Value, String> {
        self.look(|seen| seen.look(look.clone())).await
    }

    /// The request with its references replaced.
    ///
    /// # Errors
    /// When a reference has no value.
    pub async fn replaced(&self, request: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        let request = Value::Object(request.clone());
        match self.look(|seen| self.names.replace(&request, seen)).await?? {
            Value::Object(request) => Ok(request),
            other => Err(format!("{other} is no request")),
        }
    }

    /// A unary call of the default caller that must succeed: its answer's main message.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn ask(&self, method: &str, request: Value) -> Result<Value, String> {
        let request = request.as_object().cloned().unwrap_or_default();
        match self.call(method, vec![request], true, &Acting::default()).await? {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::Refused(error) => Err(format!("{method} was refused: {}", error["text"])),
        }
    }

    /// A call; what is absent in its requests is filled in.
    ///
    /// # Errors
    /// When the contract has no such method or request.
    pub async fn call(
        &self,
        method: &str,
        requests: Vec<Map<String, Value>>,
        waits: bool,
        acting: &Acting,
    ) -> Result<Outcome, String> {
        let method = request::method(descriptor_pool(), method)?;
        let mut messages = Vec::new();
        for mut request in requests {
            if method.is_client_streaming() {
                request::fill_in_streamed(&mut request, &method.input(), new_id_text);
            } else {
                request::fill_in(&mut request, &method.input(), waits, new_id_text);
            }
            messages.push(request::build(&method.input(), &request)?);
        }
        let metadata = self.metadata(acting)?;
        let answers = match client::call(self.stage.channel, &method, messages, metadata).await {
            Ok(answers) => answers,
            Err(status) => return Ok(Outcome::Refused(errors::refused(&status))),
        };
        let mut answers: Vec<Value> = answers.iter().map(view::view).collect();
        Ok(Outcome::Answer(if method.is_server_streaming() {
            json!({"messages": answers})
        } else {
            super::answer::main(method.name(), answers.pop().unwrap_or_default())
        }))
    }

    fn metadata(&self, acting: &Acting) -> Result<MetadataMap, String> {
        let mut metadata = MetadataMap::new();
        if acting.anonymous.is_some() {
            return Ok(metadata);
        }
        let mut insert = |name: &'static str, value: String| {
            let value = value.parse().map_err(|_| format!("{value} cannot be a header"))?;
            metadata.insert(name, value);
            Ok::<_, String>(())
        };
        let tenant = match &acting.tenant {
            Some(name) => self.names.random_id(&format!("tenant {name}")),
            None => self.tenant,
        };
        insert("x-tenant-id", tenant.to_string())?;
        if let Some(role) = &acting.role {
            insert("x-role", role.clone())?;
        }
        if let Some(reference) = &acting.salesperson {
            let id = self.names.replace(&Value::from(reference.as_str()), &Seen::default())?;
            insert("x-actor", id.as_str().unwrap_or_default().to_owned())?;
        }
        Ok(metadata)
    }
}

/// The id of a record that was answered.
pub fn id_of(answer: &Value) -> &str {
    answer.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The answer is a message of this type.
pub fn is(answer: &Value, kind: &str) -> bool {
    answer
        .get(KIND)
        .and_then(Value::as_str)
        .is_some_and(|name| name.strip_prefix("opportune.v1.") == Some(kind))
}
