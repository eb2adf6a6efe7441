//! A vhost of one's own: on the server that is given, else on the one of this machine, else on a private one.

use opportune_sandbox::{BinarySearch, PrivateRabbit, RabbitOptions};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A vhost that ends with the test.
pub struct Vhost {
    url: String,
    _keeper: Keeper,
}

enum Keeper {
    /// On a server that `rabbitmqctl` reaches.
    Shared(String),
    /// On a server of this test; the folder goes after it.
    Private(#[expect(dead_code, reason = "held until the end")] Box<(PrivateRabbit, TempDir)>),
}

impl Vhost {
    pub async fn new() -> Self {
        let given = std::env::var("OPPORTUNE_TEST_AMQP_URL").ok();
        let base = given.unwrap_or_else(|| "amqp://guest:guest@127.0.0.1:5672".to_owned());
        match Self::shared(&base).await {
            Some(vhost) => vhost,
            None => Self::private().await,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    async fn shared(base: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "opportune-test-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let scheme_and_host: Vec<&str> = base.splitn(4, '/').take(3).collect();
        let url = format!("{}/{name}", scheme_and_host.join("/"));
        let user = scheme_and_host
            .last()?
            .split(':')
            .next()
            .filter(|user| !user.contains('@'))
            .unwrap_or("guest");
        let code = format!(
            "ok = rabbit_vhost:add(<<\"{name}\">>, <<\"test\">>), \
             ok = rabbit_auth_backend_internal:set_permissions(<<\"{user}\">>, <<\"{name}\">>, \
             <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"test\">>)."
        );
        if !evaluate(&code) {
            return None;
        }
        let vhost = Self {
            url,
            _keeper: Keeper::Shared(name),
        };
        // `rabbitmqctl` may talk to another server than the one that was given.
        let reached = lapin::Connection::connect(&vhost.url, lapin::ConnectionProperties::default()).await;
        reached.is_ok().then_some(vhost)
    }

    async fn private() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = RabbitOptions {
            data_dir: folder.path().join("rabbitmq"),
            port: None,
            search: BinarySearch::default(),
        };
        let server = PrivateRabbit::start(options).await.unwrap();
        Self {
            url: server.url("/"),
            _keeper: Keeper::Private(Box::new((server, folder))),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Self::Shared(name) = self {
            evaluate(&format!("rabbit_vhost:delete(<<\"{name}\">>, <<\"test\">>)."));
        }
    }
}

/// Evaluates Erlang in the broker; false when there is no broker that we may command.
fn evaluate(code: &str) -> bool {
    let ran = Command::new("rabbitmqctl")
        .args(["--quiet", "eval", code])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ran.is_ok_and(|status| status.success())
}
