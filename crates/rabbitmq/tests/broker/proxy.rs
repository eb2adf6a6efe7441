//! A TCP proxy that can be cut, or go deaf.

use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Bytes pass.
    Open,
    /// All connections end; new ones are refused.
    Cut,
    /// All connections end; new ones are accepted and never answered, whatever happens to the proxy later.
    Deaf,
}

/// Passes bytes on to a server until it is cut or deafened, and again after it is mended.
pub struct Proxy {
    address: SocketAddr,
    way: watch::Sender<Way>,
    /// Connections that are held and never answered.
    unanswered: watch::Sender<usize>,
}

impl Proxy {
    /// In front of the server of an AMQP URL.
    pub async fn before(url: &str) -> Self {
        let (_, rest) = url.split_once('@').unwrap();
        let server = rest.split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, watched) = watch::channel(Way::Open);
        let unanswered = watch::Sender::new(0);
        tokio::spawn(serve(listener, server, watched, unanswered.clone()));
        Self {
            address,
            way,
            unanswered,
        }
    }

    /// The URL of the same vhost through this proxy.
    pub fn url(&self, url: &str) -> String {
        let (user, rest) = url.split_once('@').unwrap();
        let (_, vhost) = rest.split_once('/').unwrap();
        format!("{user}@{}/{vhost}", self.address)
    }

    /// Ends all connections; new ones are refused, as by a server that is stopped.
    pub fn cut(&self) {
        self.way.send_replace(Way::Cut);
    }

    /// Ends all connections; new ones are accepted and never answered, as by a server that hangs.
    pub fn deafen(&self) {
        self.way.send_replace(Way::Deaf);
    }

    /// Lets new connections through. Those that were accepted while it was deaf stay unanswered.
    pub fn mend(&self) {
        self.way.send_replace(Way::Open);
    }

    /// Waits until at least one connection is held without an answer, or none is any more.
    pub async fn until_unanswered(&self, some: bool) {
        let mut count = self.unanswered.subscribe();
        count.wait_for(|count| (*count > 0) == some).await.unwrap();
    }
}

async fn serve(listener: TcpListener, server: String, mut way: watch::Receiver<Way>, unanswered: watch::Sender<usize>) {
    let address = listener.local_addr().unwrap();
    let watched = way.clone();
    let mut listener = Some(listener);
    loop {
        let accepting = match listener.take() {
            Some(listener) => listener,
            None => TcpListener::bind(address).await.unwrap(),
        };
        loop {
            tokio::select! {
                accepted = accepting.accept() => {
                    let client = accepted.unwrap().0;
                    if *watched.borrow() == Way::Deaf {
                        tokio::spawn(hold(client, unanswered.clone()));
                    } else {
                        tokio::spawn(pass(client, server.clone(), watched.clone()));
                    }
                }
                _ = way.wait_for(|way| *way == Way::Cut) => break,
            }
        }
        drop(accepting);
        if way.wait_for(|way| *way != Way::Cut).await.is_err() {
            return;
        }
    }
}

async fn pass(mut client: TcpStream, server: String, mut way: watch::Receiver<Way>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        _ = way.wait_for(|way| *way != Way::Open) => {}
    }
}

/// Reads until the other end gives up, and says nothing.
async fn hold(mut client: TcpStream, unanswered: watch::Sender<usize>) {
    unanswered.send_modify(|count| *count += 1);
    let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
    unanswered.send_modify(|count| *count -= 1);
}
