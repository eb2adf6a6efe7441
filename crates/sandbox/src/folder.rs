//! The folder of one server: made, given to its account, locked.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::error::{During, SandboxError};

/// Where the data of root's sandboxes goes whose own folder the server's account cannot reach.
const REACHABLE_BASE: &str = "/var/lib/opportune";

/// A folder that this process alone uses until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// The path that was asked for; a link when the data lies elsewhere.
    wanted: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes `wanted` if it is missing, opens it for `account`, and locks it.
    pub(crate) fn open(wanted: &Path, account: Option<&Account>) -> Result<Self, SandboxError> {
        let parent = wanted.parent().unwrap_or(Path::new("/"));
        // "" is the parent of a bare name.
        let parent = if parent.as_os_str().is_empty() {
            Path::new(".")
        } else {
            parent
        };
        std::fs::create_dir_all(parent).during("make the folder", parent)?;
        let parent = parent.canonicalize().during("resolve", parent)?;
        let wanted = parent.join(wanted.file_name().unwrap_or_default());
        if wanted.symlink_metadata().is_err() {
            make(&wanted, &parent, account)?;
        }
        let path = wanted.canonicalize().during("resolve", &wanted)?;
        let lock = lock(&path)?;
        if let Some(account) = account {
            hand_over(&path, account)?;
        }
        Ok(Self {
            path,
            wanted,
            _lock: lock,
        })
    }

    /// The real path, links resolved.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A path inside.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Deletes it with everything inside.
    pub(crate) fn remove(self) -> Result<(), SandboxError> {
        std::fs::remove_dir_all(&self.path).during("remove", &self.path)?;
        match self.wanted.symlink_metadata() {
            Ok(_) => std::fs::remove_file(&self.wanted).during("remove", &self.wanted),
            Err(_) => Ok(()),
        }
    }

    /// Makes the folder `name` inside, for `account`.
    pub(crate) fn subfolder(&self, name: &str, account: Option<&Account>) -> Result<PathBuf, SandboxError> {
        let path = self.join(name);
        if !path.is_dir() {
            private_folder(&path)?;
        }
        give(&path, account)?;
        Ok(path)
    }

    /// Writes the file `name` inside, readable by `account` only.
    pub(crate) fn write(&self, name: &str, text: &str, account: Option<&Account>) -> Result<PathBuf, SandboxError> {
        let path = self.join(name);
        std::fs::write(&path, text).during("write", &path)?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).during("protect", &path)?;
        give(&path, account)?;
        Ok(path)
    }
}

/// Makes `folder` if it is missing and, when we are root, lets other accounts pass through it to what they may read.
pub(crate) fn make_enterable(folder: &Path) -> Result<(), SandboxError> {
    std::fs::create_dir_all(folder).during("make the folder", folder)?;
    if rustix::process::geteuid().is_root() {
        let mut permissions = folder.metadata().during("read", folder)?.permissions();
        permissions.set_mode(permissions.mode() | 0o011);
        std::fs::set_permissions(folder, permissions).during("open", folder)?;
    }
    Ok(())
}

/// Gives one path to `account`.
pub(crate) fn give(path: &Path, account: Option<&Account>) -> Result<(), SandboxError> {
    match account {
        Some(account) => chown(path, Some(account.uid), Some(account.gid)).during("change the owner of", path),
        None => Ok(()),
    }
}

fn make(wanted: &Path, parent: &Path, account: Option<&Account>) -> Result<(), SandboxError> {
    match account {
        Some(account) if account.barrier(parent).is_some() => {
            let elsewhere = reachable_folder(wanted)?;
            tracing::info!(folder = %wanted.display(), data = %elsewhere.display(), "the data lies elsewhere");
            symlink(&elsewhere, wanted).during("link", wanted)
        }
        _ => private_folder(wanted),
    }
}

fn hand_over(path: &Path, account: &Account) -> Result<(), SandboxError> {
    give(path, Some(account))?;
    match account.barrier(path) {
        Some(barrier) => Err(SandboxError::Unreachable {
            folder: path.to_owned(),
            barrier,
            account: account.name.clone(),
        }),
        None => Ok(()),
    }
}

fn private_folder(path: &Path) -> Result<(), SandboxError> {
    DirBuilder::new()
        .mode(0o700)
        .create(path)
        .during("make the folder", path)
}

/// A new folder below [`REACHABLE_BASE`]. Never one that exists: a folder that was deleted and made again starts empty.
fn reachable_folder(wanted: &Path) -> Result<PathBuf, SandboxError> {
    let base = Path::new(REACHABLE_BASE);
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(base)
        .during("make the folder", base)?;
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    let name = wanted.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut path = base.join(format!("{name}-{:016x}", hasher.finish()));
    let mut copy = 2;
    while path.symlink_metadata().is_ok() {
        path = base.join(format!("{name}-{:016x}-{copy}", hasher.finish()));
        copy += 1;
    }
    private_folder(&path)?;
    Ok(path)
}

fn lock(folder: &Path) -> Result<File, SandboxError> {
    let path = folder.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .during("open", &path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let pid = file
                .read_to_string(&mut text)
                .ok()
                .and_then(|_| text.trim().parse().ok());
            return Err(SandboxError::InUse {
                folder: folder.to_owned(),
                pid,
            });
        }
        Err(TryLockError::Error(error)) => return Err(error).during("lock", &path),
    }
    file.set_len(0).and_then(|()| file.rewind()).during("empty", &path)?;
    writeln!(file, "{}", std::process::id()).during("write", &path)?;
    Ok(file)
}
