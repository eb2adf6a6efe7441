//! Puts the parts together: adapters behind the ports, and the use cases on them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use opportune_application::App;
use opportune_application::accept::{AcceptLanes, AcceptOptions, Acceptor};
use opportune_application::batches::Tender;
use opportune_application::dispatch::{DispatchLoop, Dispatcher, Sender};
use opportune_application::ids::IdSource;
use opportune_application::relay::{Relay, RelayOptions};
use opportune_application::waiters::Waiters;
use opportune_application::worker::{Worker, WorkerOptions, WorkerParts};
use opportune_postgres::{Database, DatabaseOptions, PgOutbox, PgReads, PgStore};
use opportune_rabbitmq::{AmqpJobQueue, AmqpNotices, AmqpPublisher, Broker, BrokerOptions, EventFormat};
use opportune_telemetry::Metrics;

use crate::config::{self, Config};
use crate::ids;
use crate::meter::MetricsMeter;

/// How often queues and outbox are measured.
pub const MEASURE: Duration = Duration::from_secs(5);

/// Everything that the roles share, connected.
pub struct Parts {
    /// The connections to the database.
    pub database: Database,
    /// Units of work.
    pub store: Arc<PgStore>,
    /// Reads.
    pub reads: Arc<PgReads>,
    /// Publishes on `publishing`.
    pub publisher: Arc<AmqpPublisher>,
    /// The connection that publishes.
    pub publishing: Broker,
    /// Takes committed messages.
    pub dispatcher: Dispatcher,
    /// Publishes and deletes.
    pub sender: Sender,
    /// Callers that wait.
    pub waiters: Waiters,
    /// Counts.
    pub meter: Arc<MetricsMeter>,
    /// New ids.
    pub ids: IdSource,
}

impl Parts {
    /// Connects to database and broker. The database may be away; the broker has a minute to come.
    ///
    /// # Errors
    /// The broker stays away or refuses; a URL cannot be read.
    pub async fn connect(config: &Config, metrics: Metrics, name: &str) -> anyhow::Result<(Self, DispatchLoop)> {
        let database = Database::open(&database_options(&config.database)).context("database.url")?;
        let broker = broker_options(&config.broker, &format!("opportune/{name}"));
        let publishing = Broker::connect(broker)
            .await
            .with_context(|| format!("cannot use the broker at {}", config.broker.url))?;
        let ids = ids::source();
        let meter = Arc::new(MetricsMeter(metrics));
        let store = Arc::new(PgStore::new(&database, ids.clone()).counted_by(meter.clone()));
        let reads = Arc::new(PgReads::new(&database, &store));
        let publisher = Arc::new(AmqpPublisher::new(publishing.clone()));
        let outbox = Arc::new(PgOutbox::new(&database));
        let sender = Sender {
            publisher: publisher.clone(),
            outbox,
            meter: meter.clone(),
        };
        let (dispatcher, dispatching) = Dispatcher::new(sender.clone());
        let waiters = Waiters::default();
        Ok((
            Self {
                database,
                store,
                reads,
                publisher,
                publishing,
                dispatcher,
                sender,
                waiters,
                meter,
                ids,
            },
            dispatching,
        ))
    }

    /// The use cases, and the lanes that accept for them.
    pub fn app(&self, accept: &config::Accept) -> (App, AcceptLanes) {
        let options = AcceptOptions {
            max_group: accept.max_batch,
            lanes: accept.lanes,
        };
        let (acceptor, lanes) = Acceptor::new(options, self.store.clone(), self.dispatcher.clone(), self.meter.clone());
        let app = App {
            store: self.store.clone(),
            reads: self.reads.clone(),
            acceptor,
            dispatcher: self.dispatcher.clone(),
            waiters: self.waiters.clone(),
            ids: self.ids.clone(),
        };
        (app, lanes)
    }

    /// A worker on a connection of its own, `consuming`.
    pub fn worker(&self, consuming: Broker, worker: &config::Worker) -> Worker {
        let metrics = self.meter.0.clone();
        let stale = move || metrics.stale_acks(1);
        let parts = WorkerParts {
            store: self.store.clone(),
            queue: Arc::new(AmqpJobQueue::new(consuming, self.publisher.clone(), stale)),
            publisher: self.publisher.clone(),
            dispatcher: self.dispatcher.clone(),
            notices: Arc::new(AmqpNotices::new(self.publishing.clone())),
            waiters: self.waiters.clone(),
            meter: self.meter.clone(),
            ids: self.ids.clone(),
        };
        let options = WorkerOptions {
            slots: worker.slots,
            max_batch: worker.micro_batch_max,
            wait: Duration::from_millis(worker.micro_batch_wait_ms),
            prefetch: worker.prefetch,
        };
        Worker::new(parts, options)
    }

    /// The relay.
    pub fn relay(&self, config: &Config) -> Relay {
        const DAY: Duration = Duration::from_secs(86_400);
        let options = RelayOptions {
            poll: Duration::from_millis(config.outbox.relay_poll_ms),
            sweep: Duration::from_secs(config.sweeper.interval_seconds),
            measure: MEASURE,
            keep_events: DAY * config.events.keep_days,
        };
        Relay {
            sender: self.sender.clone(),
            tender: Tender {
                store: self.store.clone(),
                dispatcher: self.dispatcher.clone(),
                ids: self.ids.clone(),
            },
            options,
        }
    }
}

/// The settings as the database adapter takes them.
pub fn database_options(database: &config::Database) -> DatabaseOptions {
    let given = |url: &config::SecretUrl| (!url.is_empty()).then(|| url.expose().to_owned());
    DatabaseOptions {
        relay_url: given(&database.relay_url),
        migrate_url: given(&database.migrate_url),
        set_role: database.set_role,
        pooler: database.pooler,
        connections: database.pool_size,
        relay_connections: database.relay_pool_size,
        acquire_timeout: Duration::from_millis(database.acquire_timeout_ms),
        statement_timeout: Duration::from_millis(database.statement_timeout_ms),
        lock_timeout: Duration::from_millis(database.lock_timeout_ms),
        ..DatabaseOptions::new(database.url.expose())
    }
}

/// The settings as the broker adapter takes them.
pub fn broker_options(broker: &config::Broker, connection_name: &str) -> BrokerOptions {
    BrokerOptions {
        connection_name: connection_name.to_owned(),
        delivery_limit: broker.delivery_limit,
        publish_timeout: Duration::from_millis(broker.publish_timeout_ms),
        publish_channels: broker.publish_channels,
        event_format: match broker.event_format {
            config::EventFormat::Json => EventFormat::Json,
            config::EventFormat::Protobuf => EventFormat::Protobuf,
        },
        ..BrokerOptions::new(broker.url.expose())
    }
}
