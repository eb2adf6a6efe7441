//! Free ports of the loopback address, and their memory.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SandboxError;

/// Below the ports that Linux gives to outgoing connections (32768 and up), so that no client takes a server's port
/// between our choice and its start.
const RANGE: Range<u16> = 21_000..32_000;

/// What this process has handed out: two servers that start at the same moment must not get the same port.
static HANDED_OUT: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// The port asked for, otherwise the remembered one if it is free, otherwise a free one.
pub(crate) fn settle(wanted: Option<u16>, remembered: Option<u16>) -> Result<u16, SandboxError> {
    match (wanted, remembered) {
        (Some(port), _) if is_free(port) => Ok(port),
        (Some(port), _) => Err(SandboxError::PortInUse(port)),
        (None, Some(port)) if is_free(port) => Ok(port),
        (None, _) => free_port(),
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A port of the loopback address that was free a moment ago and that no client is given by chance; never the same twice
/// in one process.
///
/// # Errors
///
/// All ports below those of outgoing connections are taken.
pub fn free_port() -> Result<u16, SandboxError> {
    let mut handed_out = HANDED_OUT.lock().unwrap_or_else(PoisonError::into_inner);
    let width = u64::from(RANGE.end - RANGE.start);
    let random = RandomState::new();
    for attempt in 0..width {
        let offset = u16::try_from(random.hash_one(attempt) % width).expect("the width is a u16");
        let port = RANGE.start + offset;
        if !handed_out.contains(&port) && is_free(port) {
            handed_out.insert(port);
            return Ok(port);
        }
    }
    let source = std::io::Error::from(std::io::ErrorKind::AddrInUse);
    Err(SandboxError::Io {
        what: format!("find a free port in {RANGE:?}"),
        source,
    })
}

/// What an earlier start wrote; nothing if it is missing or not readable, since ports can be chosen anew.
pub(crate) fn recall<T: DeserializeOwned>(file: &Path) -> Option<T> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// Writes `ports` for the next start.
pub(crate) fn remember<T: Serialize>(file: &Path, ports: &T) -> Result<(), SandboxError> {
    let what = || format!("write {}", file.display());
    let text = serde_json::to_vec(ports).map_err(|error| SandboxError::Io {
        what: what(),
        source: error.into(),
    })?;
    std::fs::write(file, text).map_err(|source| SandboxError::Io { what: what(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remembered_port_is_kept_while_it_is_free_and_replaced_when_it_is_not() {
        let port = free_port().unwrap();
        assert_eq!(settle(None, Some(port)).unwrap(), port);
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        assert_ne!(settle(None, Some(port)).unwrap(), port);
    }

    #[test]
    fn a_port_that_was_asked_for_and_is_taken_is_an_error() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(matches!(settle(Some(port), None), Err(SandboxError::PortInUse(named)) if named == port));
    }

    #[test]
    fn no_port_is_handed_out_twice() {
        let ports: HashSet<u16> = (0..50).map(|_| free_port().unwrap()).collect();
        assert_eq!(ports.len(), 50);
    }
}
