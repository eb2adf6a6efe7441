//! Which events a vector's tenant has published, counted by distinct id.

use super::scene::Scene;
use crate::support::Event;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the relay has for what the node did not publish at once.
const LONGEST: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(50);
/// Events of a tenant that are still to be sent.
const UNSENT: &str = "SELECT count(*) FROM outbox WHERE tenant_id = $1 AND event_id IS NOT NULL";

/// Type and subject; without a subject: any.
type What = (String, Option<String>);

impl Scene<'_> {
    /// Each listed event was published exactly as often as it is listed.
    ///
    /// # Errors
    /// When a name has no value.
    pub async fn events(&self, listed: &Value) -> Result<Vec<String>, String> {
        let mut wanted = BTreeMap::<What, usize>::new();
        for what in self.whats(listed).await? {
            *wanted.entry(what).or_default() += 1;
        }
        let end = Instant::now() + LONGEST;
        loop {
            let heard = self.heard().await?;
            let wrong: Vec<String> = wanted
                .iter()
                .filter_map(|(what, times)| {
                    let count = count(&heard, what);
                    (count != *times).then(|| format!("events {}: expected {times}, heard {count}", words(what)))
                })
                .collect();
            let may_come = wanted.iter().all(|(what, times)| count(&heard, what) <= *times);
            if wrong.is_empty() || !may_come || Instant::now() > end {
                return Ok(wrong);
            }
            sleep(PAUSE).await;
        }
    }

    /// None of the listed events was published.
    ///
    /// # Errors
    /// When a name has no value.
    pub async fn no_events(&self, listed: &Value) -> Result<Vec<String>, String> {
        let unwanted = self.whats(listed).await?;
        let heard = self.heard().await?;
        let found = unwanted.iter().map(|what| (what, count(&heard, what)));
        Ok(found
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| format!("no_events {}: heard {count}", words(what)))
            .collect())
    }

    /// What is listed, with names replaced.
    async fn whats(&self, listed: &Value) -> Result<Vec<What>, String> {
        let listed = self.look(|seen| self.names.replace(listed, seen)).await??;
        let one = [listed.clone()];
        let listed = listed.as_array().map_or(one.as_slice(), Vec::as_slice);
        let text = |what: &Value, key: &str| what.get(key).and_then(Value::as_str).map(str::to_owned);
        listed
            .iter()
            .map(|what| {
                let kind = text(what, "type").ok_or_else(|| format!("{what} has no type"))?;
                Ok((kind, text(what, "subject")))
            })
            .collect()
    }

    /// All events of the tenant, once none is on its way any more.
    async fn heard(&self) -> Result<Vec<Event>, String> {
        let end = Instant::now() + LONGEST;
        while self.unsent().await.map_err(|error| error.to_string())? > 0 && Instant::now() < end {
            sleep(PAUSE).await;
        }
        self.stage.heard.caught_up().await;
        let source = format!("/tenants/{}", self.tenant);
        Ok(self.stage.heard.matching(|event| event.attribute("source") == source))
    }

    async fn unsent(&self) -> anyhow::Result<i64> {
        let query = sqlx::query_scalar(UNSENT).bind(self.tenant);
        Ok(query.fetch_one(&mut self.stage.database.owner().await?).await?)
    }
}

fn count(heard: &[Event], (kind, subject): &What) -> usize {
    let is = |event: &&Event| {
        event.attribute("type") == kind
            && subject
                .as_ref()
                .is_none_or(|subject| event.attribute("subject") == subject)
    };
    heard.iter().filter(is).map(Event::id).collect::<BTreeSet<_>>().len()
}

fn words((kind, subject): &What) -> String {
    format!("{kind} about {}", subject.as_deref().unwrap_or("anything"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, kind: &str, subject: &str) -> Event {
        let header = |name: &str, value: &str| (format!("cloudEvents_{name}"), value.to_owned());
        Event {
            routing_key: String::new(),
            content_type: String::new(),
            headers: [header("id", id), header("type", kind), header("subject", subject)].into(),
            body: Value::Null,
        }
    }

    #[test]
    fn an_event_that_came_twice_is_one() {
        let heard = [
            event("1", "created", "a"),
            event("1", "created", "a"),
            event("2", "created", "b"),
            event("3", "lost", "a"),
        ];
        let what = |kind: &str, subject: Option<&str>| (kind.to_owned(), subject.map(str::to_owned));
        assert_eq!(count(&heard, &what("created", Some("a"))), 1);
        assert_eq!(count(&heard, &what("created", None)), 2);
        assert_eq!(count(&heard, &what("won", None)), 0);
    }
}
