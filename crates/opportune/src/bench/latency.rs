//! The two things that a conversion cannot do without, alone: a commit and a publisher confirm.

use super::Stage;
use super::report::{Primitives, percentile};
use anyhow::{Result, ensure};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};
use std::time::Instant;

const TIMES: usize = 300;
const QUEUE: &str = "bench.latency";

/// Median times of one small transaction and of one message to a quorum queue.
pub async fn measure(stage: &Stage) -> Result<Primitives> {
    Ok(Primitives {
        commit: commit(stage).await?,
        confirm: confirm(stage).await?,
    })
}

async fn commit(stage: &Stage) -> Result<std::time::Duration> {
    let mut connection = stage.pool.acquire().await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS floor.commits (number bigint)")
        .execute(&mut *connection)
        .await?;
    let mut times = Vec::with_capacity(TIMES);
    for number in 0_i64.. {
        if times.len() == TIMES {
            break;
        }
        let begun = Instant::now();
        sqlx::query("BEGIN").execute(&mut *connection).await?;
        sqlx::query("INSERT INTO floor.commits VALUES ($1)")
            .bind(number)
            .execute(&mut *connection)
            .await?;
        sqlx::query("COMMIT").execute(&mut *connection).await?;
        times.push(begun.elapsed());
    }
    Ok(percentile(&mut times, 0.5))
}

async fn confirm(stage: &Stage) -> Result<std::time::Duration> {
    let connection = Connection::connect(stage.amqp(), ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let mut quorum = FieldTable::default();
    quorum.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    channel
        .queue_declare(QUEUE.into(), QueueDeclareOptions::durable(), quorum)
        .await?;
    let options = BasicPublishOptions {
        mandatory: true,
        immediate: false,
    };
    let mut times = Vec::with_capacity(TIMES);
    while times.len() < TIMES {
        let begun = Instant::now();
        let properties = BasicProperties::default().with_delivery_mode(2);
        let sent = channel
            .basic_publish("".into(), QUEUE.into(), options, &[b'x'; 76], properties)
            .await?;
        ensure!(
            matches!(sent.await?, Confirmation::Ack(None)),
            "a message was not taken"
        );
        times.push(begun.elapsed());
    }
    channel
        .queue_delete(QUEUE.into(), QueueDeleteOptions::default())
        .await?;
    connection.close(200, "done".into()).await?;
    Ok(percentile(&mut times, 0.5))
}
