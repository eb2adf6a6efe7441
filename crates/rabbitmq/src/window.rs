//! A window of messages that are published one behind the other, before the first of them is confirmed.

use crate::outgoing::Outgoing;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lapin::options::BasicPublishOptions;
use lapin::types::ShortString;
use lapin::{Channel, Confirmation};
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

/// What became of one message.
#[derive(Debug)]
pub(crate) enum Fate {
    /// The broker has it.
    Stored,
    /// No queue takes it.
    Returned,
    /// A queue refused it.
    Refused,
    /// It did not leave this process.
    NotSent(lapin::Error),
    /// The broker may have it or not.
    Lost(String),
}

impl Fate {
    /// The broker has said what became of it.
    pub fn is_answered(&self) -> bool {
        match self {
            Self::Stored | Self::Returned | Self::Refused => true,
            Self::NotSent(_) | Self::Lost(_) => false,
        }
    }
}

/// What the broker said about one message, before returned messages are told apart.
enum Answer {
    Acked(Option<ShortString>, bool),
    Nacked,
    NotSent(lapin::Error),
    Lost(String),
}

/// Publishes the messages in order and waits until each has its answer, or `interrupted` ends: what has none then is
/// lost. The channel must be in confirm mode and belong to nobody else meanwhile.
pub(crate) async fn publish(
    channel: &Channel,
    messages: &[&Outgoing],
    interrupted: impl Future<Output = &'static str>,
) -> Vec<Fate> {
    let mut answers: Vec<Option<Answer>> = messages.iter().map(|_| None).collect();
    let mut pending = FuturesUnordered::new();
    for (index, message) in messages.iter().enumerate() {
        let mut sending = Box::pin(async move { (index, send(channel, message).await) });
        match first_poll(sending.as_mut()).await {
            Poll::Ready((index, answer)) => {
                if let Some(place) = answers.get_mut(index) {
                    *place = Some(answer);
                }
            }
            Poll::Pending => pending.push(sending),
        }
    }
    let mut interrupted = std::pin::pin!(interrupted);
    let mut why = "";
    loop {
        tokio::select! {
            biased;
            answered = pending.next() => match answered {
                Some((index, answer)) => if let Some(place) = answers.get_mut(index) {
                    *place = Some(answer);
                },
                None => break,
            },
            reason = &mut interrupted => {
                why = reason;
                break;
            }
        }
    }
    let answers = answers
        .into_iter()
        .map(|answer| answer.unwrap_or_else(|| Answer::Lost(why.to_owned())))
        .collect();
    fates(messages, answers)
}

/// Polls once. Publishing puts its frames into the connection's queue when it is polled first: that is what keeps the
/// order, without waiting for the socket after each message.
async fn first_poll<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

async fn send(channel: &Channel, message: &Outgoing) -> Answer {
    let options = BasicPublishOptions {
        mandatory: message.mandatory,
        immediate: false,
    };
    let key = crate::outgoing::short(message.routing_key.clone());
    let published = channel.basic_publish(
        message.exchange.into(),
        key,
        options,
        &message.body,
        message.properties.clone(),
    );
    let confirm = match published.await {
        Ok(confirm) => confirm,
        Err(error) => return Answer::NotSent(error),
    };
    match confirm.await {
        Ok(Confirmation::Ack(None)) => Answer::Acked(None, false),
        Ok(Confirmation::Ack(Some(returned))) => Answer::Acked(returned.properties.message_id().clone(), true),
        Ok(Confirmation::Nack(_)) => Answer::Nacked,
        Ok(Confirmation::NotRequested) => Answer::Lost("confirms are not switched on".to_owned()),
        Err(error) => Answer::Lost(error.to_string()),
    }
}

/// Which message a returned one was. The broker sends it back before its acknowledgement, but when one acknowledgement
/// covers several messages the client library hangs the returned one on any of them: only its id is reliable.
fn fates(messages: &[&Outgoing], answers: Vec<Answer>) -> Vec<Fate> {
    let returned: HashSet<String> = answers
        .iter()
        .filter_map(|answer| match answer {
            Answer::Acked(Some(id), true) => Some(id.as_str().to_owned()),
            _ => None,
        })
        .collect();
    let alone = answers.len() == 1;
    let fate = |(message, answer): (&&Outgoing, Answer)| match answer {
        Answer::Acked(..) if message.id().is_some_and(|id| returned.contains(id)) => Fate::Returned,
        Answer::Acked(None, true) if alone => Fate::Returned,
        Answer::Acked(..) => Fate::Stored,
        Answer::Nacked => Fate::Refused,
        Answer::NotSent(error) => Fate::NotSent(error),
        Answer::Lost(why) => Fate::Lost(why),
    };
    messages.iter().zip(answers).map(fate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outgoing::persistent;

    fn message(id: &str) -> Outgoing {
        Outgoing {
            exchange: "",
            routing_key: String::new(),
            mandatory: true,
            properties: persistent("text/plain", id.to_owned()),
            body: Vec::new(),
        }
    }

    #[test]
    fn a_returned_message_is_known_by_its_id_and_not_by_the_confirm_it_came_with() {
        let (first, second, third) = (message("1"), message("2"), message("3"));
        let answers = vec![
            Answer::Acked(Some("3".into()), true),
            Answer::Acked(None, false),
            Answer::Acked(None, false),
        ];
        let fates = fates(&[&first, &second, &third], answers);
        assert!(
            matches!(fates.as_slice(), [Fate::Stored, Fate::Stored, Fate::Returned]),
            "{fates:?}"
        );
    }
}
