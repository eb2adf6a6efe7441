//! A TCP proxy that can be cut, or go deaf: between a program and its PostgreSQL or RabbitMQ, to take them away and give them
//! back.

use crate::servers::with_path;
use anyhow::Context;
use std::net::SocketAddr;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens to connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Bytes pass.
    Open,
    /// Every connection is closed, and every new one at once.
    Cut,
    /// Connections stay, new ones are accepted, and nothing passes: as when a cable is pulled.
    Frozen,
    /// Every connection is closed; new ones are accepted and never answered, whatever happens later.
    Deaf,
}

/// Passes bytes on to a server, as long as it is let. Dropped, it closes everything.
#[derive(Debug)]
pub struct ChaosProxy {
    address: SocketAddr,
    server: String,
    url: String,
    way: watch::Sender<Way>,
    /// Connections that are held and never answered.
    unanswered: watch::Sender<usize>,
    serving: JoinHandle<()>,
}

impl ChaosProxy {
    /// In front of the server that a URL names, on a free port of the loopback address.
    ///
    /// # Errors
    /// When the URL has no host and port, or no port is free.
    pub async fn before(url: &str) -> anyhow::Result<Self> {
        let (_, rest) = url.split_once("://").context("a URL has a scheme")?;
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let server = authority.rsplit('@').next().unwrap_or(authority).to_owned();
        anyhow::ensure!(server.contains(':'), "{server} has no port");
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (way, watched) = watch::channel(Way::Open);
        let unanswered = watch::Sender::new(0);
        let serving = tokio::spawn(serve(listener, server.clone(), watched, unanswered.clone()));
        Ok(Self {
            address,
            server,
            url: url.to_owned(),
            way,
            unanswered,
            serving,
        })
    }

    /// The same URL through this proxy.
    pub fn url(&self) -> String {
        self.url.replacen(&self.server, &self.address.to_string(), 1)
    }

    /// The same server through this proxy, with another path.
    pub fn url_of(&self, path: &str) -> String {
        with_path(&self.url(), path)
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Closes all connections, and every new one at once, as when the server is stopped.
    pub fn cut(&self) {
        self.way.send_replace(Way::Cut);
    }

    /// Stops all bytes on their way and keeps connections, as when a cable is pulled.
    pub fn freeze(&self) {
        self.way.send_replace(Way::Frozen);
    }

    /// Closes all connections; new ones are accepted and never answered, as by a server that hangs.
    pub fn deafen(&self) {
        self.way.send_replace(Way::Deaf);
    }

    /// Lets everything pass again, except what was accepted while it was deaf.
    pub fn restore(&self) {
        self.way.send_replace(Way::Open);
    }

    /// Waits until at least one connection is held without an answer, or none is any more.
    pub async fn until_unanswered(&self, some: bool) {
        let mut count = self.unanswered.subscribe();
        // It cannot end: this proxy has the other end.
        let _ = count.wait_for(|count| (*count > 0) == some).await;
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.way.send_replace(Way::Cut);
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, server: String, way: watch::Receiver<Way>, unanswered: watch::Sender<usize>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(take(client, server.clone(), way.clone(), unanswered.clone()));
    }
}

/// A new connection.
async fn take(client: TcpStream, server: String, mut way: watch::Receiver<Way>, unanswered: watch::Sender<usize>) {
    match thawed(&mut way).await {
        Way::Deaf => hold(client, unanswered).await,
        Way::Open => pass(client, server, way).await,
        Way::Cut | Way::Frozen => {}
    }
}

/// Passes bytes of one connection until an end closes it or it is cut.
async fn pass(mut client: TcpStream, server: String, mut way: watch::Receiver<Way>) {
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    // Small frames are not to wait for each other.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    loop {
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => return,
            _ = way.wait_for(|way| *way != Way::Open) => {}
        }
        if thawed(&mut way).await != Way::Open {
            return;
        }
    }
}

/// Reads until the other end gives up, and says nothing.
async fn hold(mut client: TcpStream, unanswered: watch::Sender<usize>) {
    unanswered.send_modify(|count| *count += 1);
    let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
    unanswered.send_modify(|count| *count -= 1);
}

/// Waits while it is frozen, and says what becomes of the connection then.
async fn thawed(way: &mut watch::Receiver<Way>) -> Way {
    way.wait_for(|way| *way != Way::Frozen)
        .await
        .map_or(Way::Cut, |way| *way)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn echo() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        format!("echo://ann@{address}/path")
    }

    async fn says(stream: &mut TcpStream) -> Option<u8> {
        stream.write_all(b"x").await.ok()?;
        let answer = tokio::time::timeout(Duration::from_millis(300), stream.read_u8()).await;
        answer.ok()?.ok()
    }

    #[tokio::test]
    async fn bytes_pass_until_it_is_cut_and_again_when_it_is_restored() {
        let proxy = ChaosProxy::before(&echo().await).await.expect("it starts");
        let address = ("127.0.0.1", proxy.port());
        let mut before = TcpStream::connect(address).await.expect("it accepts");
        assert_eq!(says(&mut before).await, Some(b'x'));
        proxy.cut();
        assert_eq!(says(&mut before).await, None);
        let mut during = TcpStream::connect(address).await.expect("it accepts");
        assert_eq!(says(&mut during).await, None);
        proxy.restore();
        let mut after = TcpStream::connect(address).await.expect("it accepts");
        assert_eq!(says(&mut after).await, Some(b'x'));
    }

    #[tokio::test]
    async fn a_frozen_connection_goes_on_when_it_is_restored() {
        let proxy = ChaosProxy::before(&echo().await).await.expect("it starts");
        let mut stream = TcpStream::connect(("127.0.0.1", proxy.port()))
            .await
            .expect("it accepts");
        assert_eq!(says(&mut stream).await, Some(b'x'));
        proxy.freeze();
        assert_eq!(says(&mut stream).await, None);
        proxy.restore();
        assert_eq!(stream.read_u8().await.expect("the byte was kept"), b'x');
    }

    #[tokio::test]
    async fn what_was_accepted_while_it_was_deaf_is_never_answered() {
        let proxy = ChaosProxy::before(&echo().await).await.expect("it starts");
        let address = ("127.0.0.1", proxy.port());
        let mut before = TcpStream::connect(address).await.expect("it accepts");
        assert_eq!(says(&mut before).await, Some(b'x'));
        proxy.deafen();
        assert!(before.read_u8().await.is_err(), "it is closed");
        let mut during = TcpStream::connect(address).await.expect("it accepts");
        proxy.until_unanswered(true).await;
        proxy.restore();
        assert_eq!(says(&mut during).await, None);
        let mut after = TcpStream::connect(address).await.expect("it accepts");
        assert_eq!(says(&mut after).await, Some(b'x'));
        drop(during);
        proxy.until_unanswered(false).await;
    }

    #[tokio::test]
    async fn its_url_keeps_login_and_path() {
        let proxy = ChaosProxy::before("amqp://guest:guest@127.0.0.1:5672/%2f")
            .await
            .expect("it starts");
        assert_eq!(
            proxy.url(),
            format!("amqp://guest:guest@127.0.0.1:{}/%2f", proxy.port())
        );
    }
}
