//! Sends what was written at once.
//!
//! sqlx 0.9.0 leaves Nagle's algorithm on. A statement that is larger than the socket's buffer, as those of micro-batches
//! are, then waits for the other side's delayed acknowledgement: 40 ms instead of one. sqlx gives nobody the socket, so
//! the process looks for it among its own: the one whose port is the one that the server sees. This file can go with the
//! next release of sqlx, which sets the option itself.

use rustix::io::{Errno, Result};
use rustix::net::{SocketAddr, getsockname, sockopt};
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use sqlx::PgConnection;
use std::os::fd::OwnedFd;

/// Turns the option on for a connection over TCP. What cannot be done is only slower, so nothing fails here.
pub async fn send_at_once(connection: &mut PgConnection) {
    // A socket in the file system has no port, and no such algorithm either.
    let port: Option<i32> = match sqlx::query_scalar("SELECT inet_client_port()")
        .fetch_one(connection)
        .await
    {
        Ok(port) => port,
        Err(error) => {
            tracing::debug!(%error, "the server does not say which port it sees");
            return;
        }
    };
    let Some(port) = port.and_then(|port| u16::try_from(port).ok()) else {
        return;
    };
    match set_for_port(port) {
        Ok(true) => {}
        Ok(false) => tracing::debug!(
            port,
            "no socket with the port that the server sees: a proxy stands between"
        ),
        Err(error) => tracing::debug!(%error, "large statements may wait for acknowledgements"),
    }
}

fn set_for_port(port: u16) -> Result<bool> {
    let process = pidfd_open(getpid(), PidfdFlags::empty())?;
    for number in open_files()? {
        // A copy of the descriptor: options belong to the socket behind both. It may have been closed meanwhile.
        match pidfd_getfd(&process, number, PidfdGetfdFlags::empty()) {
            Ok(socket) if has_port(&socket, port) => {
                sockopt::set_tcp_nodelay(&socket, true)?;
                return Ok(true);
            }
            Ok(_) | Err(Errno::BADF) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn open_files() -> Result<Vec<i32>> {
    let entries =
        std::fs::read_dir("/proc/self/fd").map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    let names = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(names.collect())
}

fn has_port(file: &OwnedFd, port: u16) -> bool {
    let local = getsockname(file).and_then(SocketAddr::try_from);
    local.is_ok_and(|address| address.port() == port)
        && sockopt::socket_type(file) == Ok(rustix::net::SocketType::STREAM)
}
