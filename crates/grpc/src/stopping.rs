//! How streams end when the server is being stopped: they would keep it from ending, and their clients can go on with
//! another one.

use crate::status::refused;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use opportune_domain::refusal::{Reason, Refusal};
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// What a stream ends with: try again, soon.
pub(crate) fn stopping() -> Status {
    refused(&Refusal::new(
        Reason::StoreUnavailable,
        "the server is being stopped; call again to go on where this stream ended",
    ))
}

/// The stream, until the server is being stopped.
pub(crate) fn until_stopped<T: Send + 'static>(
    stream: impl Stream<Item = Result<T, Status>> + Send + 'static,
    stop: CancellationToken,
) -> BoxStream<'static, Result<T, Status>> {
    stream::unfold(Some((stream.boxed(), stop)), |going| async move {
        let (mut stream, stop) = going?;
        tokio::select! {
            biased;
            next = stream.next() => next.map(|item| (item, Some((stream, stop)))),
            () = stop.cancelled() => Some((Err(stopping()), None)),
        }
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;
    use tonic_types::StatusExt;

    #[tokio::test]
    async fn a_stream_that_would_go_on_is_told_to_come_again() {
        let stop = CancellationToken::new();
        let endless = stream::once(async { Ok(1) }).chain(stream::pending());
        let mut stream = until_stopped(endless, stop.clone());
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        stop.cancel();
        let status = stream.next().await.unwrap().unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.get_error_details().retry_info().is_some());
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn a_stream_that_ends_by_itself_ends_well() {
        let stop = CancellationToken::new();
        stop.cancel();
        let items: Vec<_> = until_stopped(stream::iter([Ok(1), Ok(2)]), stop).collect().await;
        assert!(items.into_iter().all(|item| item.is_ok()));
    }
}
