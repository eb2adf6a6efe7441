//! Runs the steps of a vector: calls, waits for the end, names and checks the answers.

use super::answer;
use super::outcome;
use super::scene::{Outcome, Scene, id_of, is};
use super::vector::{Acting, Call, Step};
use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Their conversion is followed to its end.
const CONVERTING: [&str; 4] = ["ConvertLead", "MergeLeads", "RetryConversion", "RevertConversion"];
/// Their batch is followed to its end.
const BATCHING: [&str; 4] = ["BatchConvertLeads", "RetryBatch", "CancelBatch", "ImportLeads"];
/// How long what runs is followed.
const LONGEST: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(40);

/// A call that has ended.
pub struct Done<'v> {
    call: &'v Call,
    outcome: Result<Outcome, String>,
}

impl Scene<'_> {
    /// Runs all steps in order; what differs from what they expect.
    pub async fn run(&mut self, steps: &[Step]) -> Vec<String> {
        let mut differences = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let done = self.step(step).await;
            // Those that ran together may speak of each other.
            for one in &done {
                if let (Some(name), Ok(outcome)) = (&one.call.name, &one.outcome) {
                    self.names.capture(name, outcome::captured(outcome));
                }
            }
            for one in done {
                let at = format!("step {} {}", number + 1, one.call.call);
                differences.extend(
                    self.checked(one)
                        .await
                        .into_iter()
                        .map(|wrong| format!("{at}: {wrong}")),
                );
            }
        }
        differences
    }

    fn step<'s, 'v: 's>(&'s self, step: &'v Step) -> BoxedDone<'s, 'v> {
        Box::pin(async move {
            match step {
                Step::Sleep(seconds) => {
                    sleep(Duration::from_secs_f64(*seconds)).await;
                    Vec::new()
                }
                Step::Parallel(steps) => {
                    let together = join_all(steps.iter().map(|step| self.step(step)));
                    together.await.into_iter().flatten().collect()
                }
                Step::Call(call) => vec![Done {
                    call,
                    outcome: self.perform(call).await,
                }],
            }
        })
    }

    async fn perform(&self, call: &Call) -> Result<Outcome, String> {
        let mut requests = Vec::new();
        match &call.stream {
            None => requests.push(self.replaced(&call.with).await?),
            Some(stream) => {
                for request in stream {
                    let request = request.as_object().ok_or("a request of a stream is no object")?;
                    requests.push(self.replaced(request).await?);
                }
            }
        }
        let acting = call.acting.clone().unwrap_or_default();
        let outcome = self.call(&call.call, requests, call.settle, &acting).await?;
        match outcome {
            Outcome::Answer(answer) if call.settle => {
                let method = method_of(call);
                Ok(Outcome::Answer(self.settled(method, answer, &acting).await?))
            }
            other => Ok(other),
        }
    }

    /// The answer as it is when what it started has ended.
    async fn settled(&self, method: &str, answer: Value, acting: &Acting) -> Result<Value, String> {
        if CONVERTING.contains(&method) && is_running(&answer) {
            let settled = self
                .followed("LeadConversionService.GetConversion", &answer, acting)
                .await?;
            return Ok(answer::with_main(&answer, settled));
        }
        if !BATCHING.contains(&method) {
            return Ok(answer);
        }
        if is(&answer, "Batch") {
            let settled = self.followed("LeadConversionService.GetBatch", &answer, acting).await?;
            return Ok(answer::with_main(&answer, settled));
        }
        let mut answer = answer;
        if let Some(batch) = answer.get("batch").filter(|batch| is(batch, "Batch")) {
            answer["batch"] = self.followed("LeadConversionService.GetBatch", batch, acting).await?;
        }
        Ok(answer)
    }

    /// Reads it until it is neither queued nor running, or for so long.
    async fn followed(&self, method: &str, first: &Value, acting: &Acting) -> Result<Value, String> {
        // The default caller, where the call was made.
        let acting = Acting {
            tenant: acting.tenant.clone(),
            ..Acting::default()
        };
        let id = id_of(first).to_owned();
        let mut now = first.clone();
        let end = Instant::now() + LONGEST;
        while is_running(&now) && !id.is_empty() && Instant::now() < end {
            sleep(PAUSE).await;
            let request = json!({"id": id}).as_object().cloned().unwrap_or_else(Map::new);
            now = match self.call(method, vec![request], false, &acting).await? {
                Outcome::Answer(answer) => answer,
                Outcome::Refused(error) => return Err(format!("{method} was refused: {}", error["text"])),
            };
        }
        if let Some(fields) = now.as_object_mut() {
            fields.remove(super::expect::RESPONSE);
        }
        Ok(now)
    }

    async fn checked(&self, done: Done<'_>) -> Vec<String> {
        let outcome = match done.outcome {
            Ok(outcome) => outcome,
            Err(problem) => return vec![problem],
        };
        let settles = CONVERTING.contains(&method_of(done.call));
        self.look(|seen| {
            let checker = super::expect::Checker {
                names: &self.names,
                seen,
            };
            outcome::differences(&checker, done.call.expect.as_ref(), &outcome, settles)
        })
        .await
        .unwrap_or_else(|problem| vec![problem])
    }
}

type BoxedDone<'s, 'v> = std::pin::Pin<Box<dyn Future<Output = Vec<Done<'v>>> + 's>>;

fn method_of(call: &Call) -> &str {
    call.call.rsplit('.').next().unwrap_or_default()
}

fn is_running(answer: &Value) -> bool {
    matches!(answer.get("state").and_then(Value::as_str), Some("QUEUED" | "RUNNING"))
}
