//! Processes that an earlier start on the same folder left running, because its own process was killed.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::SandboxError;

/// Set in the environment of everything that is started for a folder; its value is the folder.
pub(crate) const MARKER: &str = "OPPORTUNE_SANDBOX";

/// How long leftovers get to end after they were asked to, and again after they were killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends what runs for `folder`: asks with `signal`, waits, then kills. To be called with the folder's lock held, when
/// nothing of this process runs there.
///
/// Only processes that carry the folder in their environment (the marker) or as an argument are touched. The second is
/// for Postgres, whose own processes overwrite their environment.
pub(crate) async fn end(folder: &Path, data: &Path, signal: Signal) -> Result<(), SandboxError> {
    for signal in [signal, Signal::KILL] {
        let found = running_for(folder, data);
        if found.is_empty() {
            return Ok(());
        }
        tracing::warn!(folder = %folder.display(), processes = ?found, "stopping what an earlier start left running");
        for pid in found.into_iter().filter_map(to_pid) {
            // One that has ended in between needs no signal.
            let _ = kill_process(pid, signal);
        }
        let deadline = Instant::now() + PATIENCE;
        while !running_for(folder, data).is_empty() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    running_for(folder, data)
        .first()
        .map_or(Ok(()), |pid| Err(SandboxError::Leftover(*pid)))
}

fn running_for(folder: &Path, data: &Path) -> Vec<u32> {
    let mut marked = format!("{MARKER}=").into_bytes();
    marked.extend_from_slice(folder.as_os_str().as_bytes());
    let data = data.as_os_str().as_bytes();
    let own = std::process::id();
    processes()
        .filter(|pid| *pid != own && (holds(*pid, "environ", &marked) || holds(*pid, "cmdline", data)))
        .collect()
}

/// Whether one of the NUL-separated parts of `/proc/<pid>/<file>` is `part`. A process that may not be read is not ours.
fn holds(pid: u32, file: &str, part: &[u8]) -> bool {
    fs::read(format!("/proc/{pid}/{file}")).is_ok_and(|bytes| bytes.split(|byte| *byte == 0).any(|found| found == part))
}

/// Every process below `pid`, at any depth.
pub(crate) fn descendants(pid: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = processes().filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(current) = found.get(next).copied() {
        found.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == current)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    found.split_off(1)
}

fn processes() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(pid: u32) -> Option<u32> {
    state_and_parent(pid).map(|(_, parent)| parent)
}

/// Whether the process runs. One that has ended and is not yet waited for (a zombie) does not.
pub(crate) fn is_alive(pid: u32) -> bool {
    state_and_parent(pid).is_some_and(|(state, _)| state != 'Z' && state != 'X')
}

fn state_and_parent(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may itself hold brackets and blanks; the state and the parent follow it.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// The process number as the system calls take it.
pub(crate) fn to_pid(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[tokio::test]
    async fn what_carries_the_folder_is_ended_and_nothing_else() {
        let folder = Path::new("/nowhere/a-folder");
        let beside = Path::new("/nowhere/a-folder-beside");
        let sleeper = |marker: &Path| {
            let child = Command::new("sleep").arg("600").env(MARKER, marker).spawn().unwrap();
            // The kernel shows the environment a moment after the process has begun.
            while running_for(marker, marker).is_empty() {
                std::thread::yield_now();
            }
            child
        };
        let mut ours = sleeper(folder);
        let mut other = sleeper(beside);
        let ended = end(folder, &folder.join("data"), Signal::TERM).await;
        let alive = (is_alive(ours.id()), is_alive(other.id()));
        for child in [&mut ours, &mut other] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        ended.unwrap();
        assert_eq!(alive, (false, true));
    }

    #[test]
    fn descendants_are_found_at_any_depth() {
        let mut shell = Command::new("sh")
            .args(["-c", "sh -c 'sleep 600; true'; true"])
            .spawn()
            .unwrap();
        let mut below = descendants(shell.id());
        while below.len() < 2 {
            std::thread::yield_now();
            below = descendants(shell.id());
        }
        shell.kill().unwrap();
        shell.wait().unwrap();
        for pid in below.into_iter().filter_map(to_pid) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}
