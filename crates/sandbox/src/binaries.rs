//! Where the installed servers are.

use std::path::{Path, PathBuf};

use crate::error::SandboxError;

/// The folders in which the executables are looked for, in order.
#[derive(Debug, Clone)]
pub struct BinarySearch {
    /// For `initdb` and `postgres`, which must lie in the same folder.
    pub postgres: Vec<PathBuf>,
    /// For `rabbitmq-server`; the scripts proper, not a distribution's wrappers that insist on an account.
    pub rabbitmq: Vec<PathBuf>,
    /// For `epmd` and `erl_call`.
    pub erlang: Vec<PathBuf>,
}

impl Default for BinarySearch {
    /// The folders of Debian's packages first, the newest Postgres before older ones, then those of `PATH`.
    fn default() -> Self {
        let path: Vec<PathBuf> = std::env::var_os("PATH")
            .map(|p| std::env::split_paths(&p).collect())
            .unwrap_or_default();
        let before_path = |mut folders: Vec<PathBuf>| {
            folders.extend(path.iter().cloned());
            folders
        };
        Self {
            postgres: before_path(versioned(Path::new("/usr/lib/postgresql"))),
            rabbitmq: before_path(vec!["/usr/lib/rabbitmq/bin".into()]),
            erlang: before_path(vec!["/usr/lib/erlang/bin".into(), "/usr/bin".into()]),
        }
    }
}

/// `base/<number>/bin`, highest number first.
fn versioned(base: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(base) else {
        return Vec::new();
    };
    let mut versions: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions
        .iter()
        .map(|version| base.join(version.to_string()).join("bin"))
        .collect()
}

/// The executables of Postgres.
#[derive(Debug, Clone)]
pub(crate) struct PostgresBinaries {
    pub initdb: PathBuf,
    pub postgres: PathBuf,
}

/// The executables of RabbitMQ and of the Erlang below it.
#[derive(Debug, Clone)]
pub(crate) struct RabbitBinaries {
    pub server: PathBuf,
    pub epmd: PathBuf,
    pub erl_call: PathBuf,
}

impl BinarySearch {
    pub(crate) fn postgres(&self) -> Result<PostgresBinaries, SandboxError> {
        let complete = |folder: &&PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
        match self.postgres.iter().find(complete) {
            Some(folder) => Ok(PostgresBinaries {
                initdb: folder.join("initdb"),
                postgres: folder.join("postgres"),
            }),
            None => Err(missing("PostgreSQL", "postgresql", "initdb", &self.postgres)),
        }
    }

    pub(crate) fn rabbitmq(&self) -> Result<RabbitBinaries, SandboxError> {
        let rabbit = |binary| find("RabbitMQ", "rabbitmq-server", binary, &self.rabbitmq);
        let erlang = |binary| find("Erlang", "erlang-base", binary, &self.erlang);
        Ok(RabbitBinaries {
            server: rabbit("rabbitmq-server")?,
            epmd: erlang("epmd")?,
            erl_call: erlang("erl_call")?,
        })
    }
}

fn find(
    product: &'static str,
    package: &'static str,
    binary: &'static str,
    folders: &[PathBuf],
) -> Result<PathBuf, SandboxError> {
    let found = folders
        .iter()
        .map(|folder| folder.join(binary))
        .find(|path| path.is_file());
    found.ok_or_else(|| missing(product, package, binary, folders))
}

fn missing(product: &'static str, package: &'static str, binary: &'static str, folders: &[PathBuf]) -> SandboxError {
    SandboxError::NotInstalled {
        product,
        package,
        binary,
        looked_in: folders.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_postgres_comes_first_and_by_number() {
        let base = tempfile::tempdir().unwrap();
        for name in ["9", "15", "16", "notes"] {
            std::fs::create_dir(base.path().join(name)).unwrap();
        }
        let expected = ["16", "15", "9"].map(|version| base.path().join(version).join("bin"));
        assert_eq!(versioned(base.path()), expected);
    }

    #[test]
    fn a_missing_binary_names_its_package_and_where_it_was_looked_for() {
        let nowhere = vec![PathBuf::from("/nowhere/bin")];
        let search = BinarySearch {
            postgres: nowhere.clone(),
            rabbitmq: nowhere.clone(),
            erlang: nowhere,
        };
        let postgres = search.postgres().unwrap_err().to_string();
        assert_eq!(
            postgres,
            "PostgreSQL is not installed: apt-get install postgresql (looked for initdb in /nowhere/bin)"
        );
        let rabbitmq = search.rabbitmq().unwrap_err().to_string();
        assert!(rabbitmq.contains("apt-get install rabbitmq-server"), "{rabbitmq}");
    }
}
