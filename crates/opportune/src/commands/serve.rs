//! `opportune serve`, `work` and `relay`.

use opportune_telemetry::Telemetry;

use crate::cli::{Global, RoleArgs, ServeArgs};
use crate::config::Config;
use crate::lifecycle::Shutdown;
use crate::roles::{self, Roles, Sockets};

/// Settings and roles of a subcommand that stays.
#[derive(Debug)]
pub struct Service {
    /// The settings in force.
    pub config: Config,
    /// What to do.
    pub roles: Roles,
    /// Bring the database to this program's schema first.
    pub migrate: bool,
}

impl Service {
    /// `opportune serve`.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn serve(global: &Global, args: &ServeArgs) -> anyhow::Result<Self> {
        let roles = if args.all {
            Roles::ALL
        } else {
            Roles {
                serve: true,
                work: false,
                relay: false,
            }
        };
        let address = args.address.map(|address| format!("server.address={address}"));
        Self::new(global, &args.role, roles, address)
    }

    /// `opportune work`.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn work(global: &Global, args: &RoleArgs) -> anyhow::Result<Self> {
        Self::new(
            global,
            args,
            Roles {
                serve: false,
                work: true,
                relay: false,
            },
            None,
        )
    }

    /// `opportune relay`.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn relay(global: &Global, args: &RoleArgs) -> anyhow::Result<Self> {
        Self::new(
            global,
            args,
            Roles {
                serve: false,
                work: false,
                relay: true,
            },
            None,
        )
    }

    fn new(global: &Global, args: &RoleArgs, roles: Roles, address: Option<String>) -> anyhow::Result<Self> {
        let ops = args.ops_address.map(|address| format!("ops.address={address}"));
        let flags: Vec<String> = [address, ops].into_iter().flatten().collect();
        Ok(Self {
            config: Config::for_command(global, &flags)?,
            roles,
            migrate: args.migrate,
        })
    }

    /// Does the roles until told to stop. Prints where calls are answered.
    ///
    /// # Errors
    /// As [`roles::run`].
    pub async fn run(self, telemetry: &Telemetry) -> anyhow::Result<()> {
        let shutdown = Shutdown::on_signals()?;
        if self.migrate {
            super::migrate::run(&self.config).await?;
        }
        let sockets = Sockets::bind(&self.config, self.roles).await?;
        let grpc = sockets
            .grpc_address()
            .map(|address| format!(" grpc={address}"))
            .unwrap_or_default();
        let line = format!("ready{grpc} ops={}", sockets.ops_address()?);
        let ready = || {
            println!("{line}");
            Ok(())
        };
        roles::run(&self.config, self.roles, telemetry, sockets, &shutdown, ready).await
    }
}
