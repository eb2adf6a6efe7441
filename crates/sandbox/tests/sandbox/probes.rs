//! What the tests ask the servers and the operating system.

use std::path::Path;
use std::process::Command;

use opportune_sandbox::{BinarySearch, PrivatePostgres, PrivateRabbit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What [`open_amqp`] gives when the virtual host is open to guest.
pub(crate) const OPENED: (u16, u16) = (10, 41);

/// What `psql` prints for `statement`.
pub(crate) fn psql(postgres: &PrivatePostgres, statement: &str) -> String {
    let folders = BinarySearch::default().postgres;
    let program = folders
        .iter()
        .map(|folder| folder.join("psql"))
        .find(|path| path.is_file())
        .unwrap();
    let output = Command::new(program)
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement])
        .arg(postgres.url("postgres"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The class and the method of the answer to opening a connection to `vhost` as guest.
pub(crate) async fn open_amqp(rabbit: &PrivateRabbit, vhost: &str) -> std::io::Result<(u16, u16)> {
    let mut stream = TcpStream::connect(("127.0.0.1", rabbit.port())).await?;
    stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
    assert_eq!(method(&mut stream).await?, (10, 10), "connection.start");
    let mut start_ok = vec![0, 10, 0, 11, 0, 0, 0, 0, 5];
    start_ok.extend_from_slice(b"PLAIN\x00\x00\x00\x0c\x00guest\x00guest\x05en_US");
    stream.write_all(&frame(&start_ok)).await?;
    assert_eq!(method(&mut stream).await?, (10, 30), "connection.tune");
    // As many channels as there may be, frames of 128 KiB, no heartbeats: "no limit" is refused.
    let tune_ok = [0, 10, 0, 31, 7, 255, 0, 2, 0, 0, 0, 0];
    stream.write_all(&frame(&tune_ok)).await?;
    let mut open = vec![0, 10, 0, 40, u8::try_from(vhost.len()).unwrap()];
    open.extend_from_slice(vhost.as_bytes());
    open.extend_from_slice(&[0, 0]);
    stream.write_all(&frame(&open)).await?;
    method(&mut stream).await
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![1, 0, 0];
    frame.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(payload);
    frame.push(0xCE);
    frame
}

async fn method(stream: &mut TcpStream) -> std::io::Result<(u16, u16)> {
    let mut head = [0; 7];
    stream.read_exact(&mut head).await?;
    let length = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
    let mut rest = vec![0; length as usize + 1];
    stream.read_exact(&mut rest).await?;
    Ok((
        u16::from_be_bytes([rest[0], rest[1]]),
        u16::from_be_bytes([rest[2], rest[3]]),
    ))
}

/// The command lines of the processes that name `folder` in their arguments or their environment.
pub(crate) fn processes_naming(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let read = |pid: u32, file: &str| {
        let bytes = std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).replace('\0', " ")
    };
    let others = pids.filter(|pid| *pid != std::process::id());
    let naming = others.filter(|pid| read(*pid, "cmdline").contains(folder) || read(*pid, "environ").contains(folder));
    naming.map(|pid| read(pid, "cmdline")).collect()
}
