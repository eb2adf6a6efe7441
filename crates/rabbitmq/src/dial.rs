//! One try to connect, bounded in time. Nothing is left of a try that was given up.

use crate::error::{BrokerError, reply_code};
use crate::options::BrokerOptions;
use async_compat::CompatExt;
use lapin::runtime::default_runtime;
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{AsyncTcpStream, Connection, ConnectionProperties};
use std::io;
use std::net::{Shutdown, TcpStream as StdStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest try. The client library waits for ever for a broker that accepts a connection and does not answer.
const ONE_TRY: Duration = Duration::from_secs(10);

/// Connects once, under a name that the broker shows in its lists. The connection does not recover when it is lost.
///
/// # Errors
/// [`BrokerError::Rejected`] when trying again cannot help.
pub(crate) async fn dial(options: &BrokerOptions, name: String) -> Result<Connection, BrokerError> {
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let line = Line::default();
    let connected = timeout(ONE_TRY, line.connect(options.url.parse()?, properties)).await;
    match connected {
        Ok(Ok(connection)) => Ok(connection),
        // 403: credentials; 530: no such vhost, or not ours.
        Ok(Err(error)) if matches!(reply_code(&error), Some(403 | 530)) => Err(BrokerError::Rejected(error)),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(BrokerError::Away("no answer in time".to_owned())),
    }
}

/// A second hold on the socket of a try: the client library's thread ends only when its socket does.
#[derive(Default)]
struct Line(Arc<Mutex<Option<StdStream>>>);

impl Line {
    async fn connect(&self, uri: AMQPUri, properties: ConnectionProperties) -> lapin::Result<Connection> {
        let line = self.0.clone();
        let connect = async move |uri: AMQPUri, _| {
            let (stream, hold) = open(&uri).await?;
            *line.lock().unwrap_or_else(PoisonError::into_inner) = Some(hold);
            let stream = AsyncTcpStream::Plain(stream.compat());
            match uri.scheme {
                AMQPScheme::AMQP => Ok(stream),
                AMQPScheme::AMQPS => {
                    let trust = OwnedTLSConfig::default();
                    Ok(stream.into_tls(&uri.authority.host, trust.as_ref()).await?)
                }
            }
        };
        let connection = Connection::connector(uri, default_runtime()?, connect, properties).await?;
        self.let_go();
        Ok(connection)
    }

    fn let_go(&self) -> Option<StdStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(stream) = self.let_go() {
            // Failing is fine: then it is closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// A socket, and a second hold on it.
async fn open(uri: &AMQPUri) -> io::Result<(TcpStream, StdStream)> {
    let connecting = TcpStream::connect((uri.authority.host.as_str(), uri.authority.port));
    // Whoever waits for the try has given it up by then; this thread is to end, too.
    let stream = timeout(ONE_TRY, connecting).await??;
    // Small frames are not to wait for each other.
    stream.set_nodelay(true)?;
    let hold = stream.as_fd().try_clone_to_owned()?;
    Ok((stream, hold.into()))
}
