//! How a process ends: told once it finishes what it has begun, told twice it stops.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The two steps of an end.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Take nothing new, finish what has begun.
    pub drain: CancellationToken,
    /// Stop at once.
    pub stop: CancellationToken,
}

impl Shutdown {
    /// The first SIGTERM or SIGINT asks to drain, the second to stop.
    ///
    /// # Errors
    /// The signals cannot be listened to.
    pub fn on_signals() -> std::io::Result<Self> {
        let shutdown = Self::default();
        let mut signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let told = shutdown.clone();
        tokio::spawn(async move {
            for (step, token) in [("draining", &told.drain), ("stopping now", &told.stop)] {
                let name = either(&mut signals).await;
                tracing::info!(signal = name, "{step}");
                token.cancel();
            }
        });
        Ok(shutdown)
    }
}

async fn either((terminate, interrupt): &mut (Signal, Signal)) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
