//! Following a conversion until it ends.

use super::App;
use super::conversions::POLL;
use crate::call::Call;
use crate::error::AppError;
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::ConversionId;
use std::sync::Arc;
use tokio::sync::mpsc;

impl App {
    /// The conversion now, and again with each change of its state, until it ends or the receiver is dropped.
    ///
    /// # Errors
    /// As [`App::get_conversion`].
    pub async fn watch_conversion(
        &self,
        call: &Call,
        id: ConversionId,
    ) -> Result<mpsc::Receiver<Result<Arc<Conversion>, AppError>>, AppError> {
        let first = self.get_conversion(call, id).await?;
        let (sender, receiver) = mpsc::channel(4);
        tokio::spawn(self.clone().follow(call.clone(), first, sender));
        Ok(receiver)
    }

    async fn follow(self, call: Call, first: Arc<Conversion>, sender: mpsc::Sender<Result<Arc<Conversion>, AppError>>) {
        let mut waiter = self.waiters.register(first.id);
        let mut last = first.state.name();
        let id = first.id;
        let live = first.state.is_live();
        if sender.send(Ok(first)).await.is_err() || !live {
            return;
        }
        loop {
            tokio::select! {
                _ = waiter.noticed() => {}
                () = tokio::time::sleep(POLL) => {}
                () = sender.closed() => return,
            }
            match self.read_conversion(&call, id).await {
                Ok(conversion) => {
                    let live = conversion.state.is_live();
                    let changed = conversion.state.name() != last;
                    last = conversion.state.name();
                    if changed && sender.send(Ok(conversion)).await.is_err() {
                        return;
                    }
                    if !live {
                        return;
                    }
                }
                Err(error) => {
                    // The receiver learns of it and asks again; if it is gone nobody needs to.
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        }
    }
}
