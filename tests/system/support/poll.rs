//! Waiting for conditions, each with a deadline.

use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const PAUSE: Duration = Duration::from_millis(50);

/// Long enough for anything that takes a moment, on a machine that is busy with other tests.
pub const SOON: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer.
///
/// Panics, naming `what`, when there is none in time.
pub async fn within<T, F, A>(deadline: Duration, what: &str, mut ask: F) -> T
where
    F: FnMut() -> A,
    A: Future<Output = Option<T>>,
{
    let end = Instant::now() + deadline;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "not within {} s: {what}", deadline.as_secs());
        sleep(PAUSE).await;
    }
}

/// [`within`] the usual time.
pub async fn soon<T, F, A>(what: &str, ask: F) -> T
where
    F: FnMut() -> A,
    A: Future<Output = Option<T>>,
{
    within(SOON, what, ask).await
}
