//! The tasks of a process, and the order in which they end.

use std::future::Future;

use anyhow::{Context, anyhow};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Duration, Instant, timeout};
use tokio_util::sync::CancellationToken;

/// The tasks of a process. Dropped, they are ended.
#[derive(Default)]
pub(super) struct Background {
    /// In the order in which they are told to finish, each when the one before it has.
    stages: [Option<Task>; STAGES],
    watchdog: JoinSet<anyhow::Error>,
    aside: JoinSet<()>,
}

/// The order of the end: callers first, since some of them wait for the worker; then those who accept for them; the
/// worker; what was left to be published; last those who tell how it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    /// Answers calls.
    Serve,
    /// Accepts for those calls; ends by itself with them.
    Accept,
    /// Settles conversions.
    Work,
    /// Publishes what was left behind.
    Relay,
    /// Publishes what was committed here.
    Dispatch,
    /// Tells how it is.
    Ops,
}

const STAGES: usize = 6;

struct Task {
    name: &'static str,
    stop: CancellationToken,
    handle: JoinHandle<anyhow::Result<()>>,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl Background {
    /// Starts the task of a stage; it gets a token that tells it when to finish.
    pub fn start<F>(&mut self, stage: Stage, name: &'static str, run: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let handle = tokio::spawn(run(stop.clone()));
        self.stages[stage as usize] = Some(Task { name, stop, handle });
    }

    /// A task whose end is the end of the process.
    pub fn watch(&mut self, watch: impl Future<Output = anyhow::Result<std::convert::Infallible>> + Send + 'static) {
        self.watchdog.spawn(async move {
            match watch.await {
                Err(error) => error,
                Ok(never) => match never {},
            }
        });
    }

    /// A task that nobody waits for.
    pub fn aside(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.aside.spawn(task);
    }

    /// Comes to an end when something ended that should not have.
    ///
    /// # Errors
    /// Always, when it ends.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        let stages = self.stages.iter_mut().flatten().map(|task| {
            let name = task.name;
            Box::pin(async move { why((&mut task.handle).await, name) })
        });
        let stages: Vec<_> = stages.collect();
        tokio::select! {
            (error, ..) = futures_util::future::select_all(stages) => Err(error),
            Some(error) = self.watchdog.join_next() => Err(error.unwrap_or_else(|broken| broken.into())),
        }
    }

    /// Tells the tasks to finish, one after the other. Each has at most half of the time that is left: a client that does
    /// not hang up must not keep the worker from finishing. `true` = all have finished what they had begun.
    pub async fn drain(&mut self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut finished = true;
        for task in &mut self.stages {
            if let Some(mut task) = task.take() {
                task.stop.cancel();
                // What has ended before was told by `ended`.
                if task.handle.is_finished() {
                    continue;
                }
                let share = end.saturating_duration_since(Instant::now()) / 2;
                match timeout(share, &mut task.handle).await {
                    Ok(ended) => {
                        if let Err(error) = flat(ended, task.name) {
                            tracing::warn!(error = format!("{error:#}"), "did not end in order");
                            finished = false;
                        }
                    }
                    Err(_) => {
                        tracing::warn!(task = task.name, "was cut off: it did not end in time");
                        task.handle.abort();
                        finished = false;
                    }
                }
            }
        }
        self.watchdog.shutdown().await;
        self.aside.shutdown().await;
        finished
    }
}

type Ended = Result<anyhow::Result<()>, tokio::task::JoinError>;

fn flat(ended: Ended, name: &str) -> anyhow::Result<()> {
    ended
        .with_context(|| format!("{name} broke"))?
        .with_context(|| format!("{name} failed"))
}

fn why(ended: Ended, name: &str) -> anyhow::Error {
    match flat(ended, name) {
        Err(error) => error,
        Ok(()) => anyhow!("{name} ended by itself"),
    }
}
