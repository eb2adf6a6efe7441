//! The account that a server runs as: Postgres refuses root.

use std::path::{Path, PathBuf};

use std::os::unix::fs::MetadataExt;

use crate::error::{During, SandboxError};

/// An account without rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

/// The first of `names` that exists when we are root; none when we are an ordinary user and keep our own account.
pub(crate) fn for_service(names: &[&str]) -> Result<Option<Account>, SandboxError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let path = Path::new("/etc/passwd");
    let passwd = std::fs::read_to_string(path).during("read", path)?;
    match names.iter().find_map(|name| find(&passwd, name)) {
        Some(account) => Ok(Some(account)),
        None => Err(SandboxError::NoAccount(names.join(", "))),
    }
}

fn find(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then(|| Account {
            name: name.to_owned(),
            uid,
            gid,
        })
    })
}

impl Account {
    /// The topmost folder from `folder` upwards that this account may not enter.
    ///
    /// Reads the permission bits only: an access list that grants more is not seen.
    pub(crate) fn barrier(&self, folder: &Path) -> Option<PathBuf> {
        let mut barrier = None;
        for ancestor in folder.ancestors() {
            let enterable = std::fs::metadata(ancestor).is_ok_and(|meta| {
                let bit = match (meta.uid() == self.uid, meta.gid() == self.gid) {
                    (true, _) => 0o100,
                    (false, true) => 0o010,
                    (false, false) => 0o001,
                };
                meta.mode() & bit != 0
            });
            if !enterable {
                barrier = Some(ancestor.to_owned());
            }
        }
        barrier
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const PASSWD: &str =
        "root:x:0:0::/root:/bin/sh\nbroken\npostgres:x:101:104:,,,:/var:/bin/bash\nadmin:x:0:0::/:/bin/sh\n";

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let found = Account {
            name: "postgres".to_owned(),
            uid: 101,
            gid: 104,
        };
        assert_eq!(find(PASSWD, "postgres"), Some(found));
        assert_eq!(find(PASSWD, "post"), None);
    }

    #[test]
    fn an_account_with_the_rights_of_root_does_not_count() {
        assert_eq!(find(PASSWD, "admin"), None);
    }

    #[test]
    fn the_topmost_closed_folder_is_named() {
        let stranger = Account {
            name: "stranger".to_owned(),
            uid: 64_999,
            gid: 64_999,
        };
        let closed = std::fs::Permissions::from_mode(0o700);
        let top = tempfile::Builder::new().permissions(closed).tempdir().unwrap();
        let inner = top.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        assert_eq!(
            stranger.barrier(&inner),
            Some(top.path().to_owned()),
            "a temporary folder is 0700"
        );
    }
}
