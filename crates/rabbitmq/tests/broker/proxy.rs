//! A TCP proxy that can be cut.

use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes bytes on to a server until it is cut, and again after it is mended.
pub struct Proxy {
    address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Proxy {
    /// In front of the server of an AMQP URL.
    pub async fn before(url: &str) -> Self {
        let (_, rest) = url.split_once('@').unwrap();
        let server = rest.split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, watched) = watch::channel(true);
        tokio::spawn(serve(listener, server, watched));
        Self { address, open }
    }

    /// The URL of the same vhost through this proxy.
    pub fn url(&self, url: &str) -> String {
        let (user, rest) = url.split_once('@').unwrap();
        let (_, vhost) = rest.split_once('/').unwrap();
        format!("{user}@{}/{vhost}", self.address)
    }

    /// Ends all connections; new ones are refused, as by a server that is stopped.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Lets new connections through.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

async fn serve(listener: TcpListener, server: String, mut open: watch::Receiver<bool>) {
    let address = listener.local_addr().unwrap();
    let watched = open.clone();
    let mut listener = Some(listener);
    loop {
        let accepting = match listener.take() {
            Some(listener) => listener,
            None => TcpListener::bind(address).await.unwrap(),
        };
        loop {
            tokio::select! {
                accepted = accepting.accept() => {
                    tokio::spawn(pass(accepted.unwrap().0, server.clone(), watched.clone()));
                }
                _ = open.wait_for(|open| !open) => break,
            }
        }
        drop(accepting);
        if open.wait_for(|open| *open).await.is_err() {
            return;
        }
    }
}

async fn pass(mut client: TcpStream, server: String, mut open: watch::Receiver<bool>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        _ = open.wait_for(|open| !open) => {}
    }
}
