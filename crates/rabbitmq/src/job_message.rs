//! Job messages and settled notices: which bytes mean which ids.

use crate::headers::{self, DELIVERY_COUNT, TRACEPARENT};
use crate::outgoing::{Outgoing, persistent, short, traced};
use crate::topology::{JOBS_EXCHANGE, queue_name};
use lapin::BasicProperties;
use lapin::types::ShortString;
use opportune_application::ports::{Job, QueueName};
use opportune_contract::jobs::ConvertLeadsJob;
use opportune_domain::ids::{ConversionId, TenantId};
use prost::{Message, Name};
use uuid::Uuid;

/// Content type of job messages.
pub(crate) const CONTENT_TYPE: &str = "application/protobuf";
/// Most conversions in one job.
const MOST_CONVERSIONS: usize = 100;

/// Why a message is not a job that we understand. The texts are reasons in the dead-letter queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undecodable {
    #[error("undecodable: the type of the message is not opportune.jobs.v1.ConvertLeadsJob")]
    Type,
    #[error("undecodable: the body is not a ConvertLeadsJob")]
    Body,
    #[error("undecodable: the tenant is not a UUID")]
    Tenant,
    #[error("undecodable: a conversion is not a UUID")]
    Conversion,
    #[error("undecodable: not 1 to 100 conversions")]
    Count,
}

/// The `type` of a job message: it names the version of the schema too.
pub(crate) fn type_name() -> String {
    ConvertLeadsJob::full_name()
}

/// A job message for a work queue. `id` says which outbox row it comes from.
pub(crate) fn outgoing(
    queue: QueueName,
    tenant: TenantId,
    conversions: &[ConversionId],
    traceparent: &str,
    id: String,
) -> Outgoing {
    Outgoing {
        exchange: JOBS_EXCHANGE,
        routing_key: queue_name(queue).to_owned(),
        mandatory: true,
        properties: properties(traceparent, id),
        body: body(tenant, conversions),
    }
}

/// The properties of a job message.
pub(crate) fn properties(traceparent: &str, id: String) -> BasicProperties {
    persistent(CONTENT_TYPE, id)
        .with_type(short(type_name()))
        .with_headers(traced(traceparent))
}

/// The body of a job message.
pub(crate) fn body(tenant: TenantId, conversions: &[ConversionId]) -> Vec<u8> {
    let conversion_ids = conversions.iter().map(ToString::to_string).collect();
    ConvertLeadsJob {
        tenant_id: tenant.to_string(),
        conversion_ids,
    }
    .encode_to_vec()
}

/// Reads a job message.
///
/// # Errors
/// [`Undecodable`]: reading it again would fail again.
pub(crate) fn decode(properties: &BasicProperties, body: &[u8], redelivered: bool) -> Result<Job, Undecodable> {
    if properties.kind().as_ref().map(ShortString::as_str) != Some(type_name().as_str()) {
        return Err(Undecodable::Type);
    }
    let message = ConvertLeadsJob::decode(body).map_err(|_| Undecodable::Body)?;
    if message.conversion_ids.is_empty() || message.conversion_ids.len() > MOST_CONVERSIONS {
        return Err(Undecodable::Count);
    }
    let tenant = message
        .tenant_id
        .parse()
        .map(TenantId)
        .map_err(|_| Undecodable::Tenant)?;
    let conversions = conversions(&message.conversion_ids).ok_or(Undecodable::Conversion)?;
    let delivered_before = headers::get_number(properties, DELIVERY_COUNT).is_some_and(|count| count > 0);
    Ok(Job {
        tenant,
        conversions,
        redelivered: redelivered || delivered_before,
        traceparent: headers::get_text(properties, TRACEPARENT).unwrap_or_default(),
    })
}

/// Conversion ids from their texts; `None` when one of them is not an id.
pub(crate) fn conversions(texts: &[String]) -> Option<Vec<ConversionId>> {
    texts
        .iter()
        .map(|text| text.parse::<Uuid>().ok().map(ConversionId))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lapin::types::AMQPValue;

    const TENANT: TenantId = TenantId(Uuid::from_u128(7));

    fn ids(count: u128) -> Vec<ConversionId> {
        (1..=count)
            .map(|number| ConversionId(Uuid::from_u128(number)))
            .collect()
    }

    fn decode_body(body: &[u8]) -> Result<Job, Undecodable> {
        decode(&properties("", "job-1".to_owned()), body, false)
    }

    #[test]
    fn a_job_comes_out_as_it_went_in() {
        let message = outgoing(QueueName::Bulk, TENANT, &ids(100), "00-aa-bb-01", "job-1".to_owned());
        let job = decode(&message.properties, &message.body, false).expect("a job");
        let expected = Job {
            tenant: TENANT,
            conversions: ids(100),
            redelivered: false,
            traceparent: "00-aa-bb-01".to_owned(),
        };
        assert_eq!(job, expected);
    }

    #[test]
    fn a_job_that_the_broker_counted_before_is_redelivered() {
        let mut table = traced("");
        table.insert(DELIVERY_COUNT.into(), AMQPValue::LongLongInt(1));
        let properties = properties("", "job-1".to_owned()).with_headers(table);
        assert!(
            decode(&properties, &body(TENANT, &ids(1)), false)
                .expect("a job")
                .redelivered
        );
    }

    #[test]
    fn what_is_not_a_job_says_why() {
        let job = |tenant: &str, conversions: &[&str]| {
            let conversion_ids = conversions.iter().map(|&text| text.to_owned()).collect();
            ConvertLeadsJob {
                tenant_id: tenant.to_owned(),
                conversion_ids,
            }
            .encode_to_vec()
        };
        let one = Uuid::from_u128(1).to_string();
        assert_eq!(decode_body(b"\xff\xff\xff"), Err(Undecodable::Body));
        assert_eq!(decode_body(&job("acme", &[&one])), Err(Undecodable::Tenant));
        assert_eq!(decode_body(&job(&one, &["1"])), Err(Undecodable::Conversion));
        assert_eq!(decode_body(&body(TENANT, &[])), Err(Undecodable::Count));
        assert_eq!(decode_body(&body(TENANT, &ids(101))), Err(Undecodable::Count));
    }

    #[test]
    fn another_version_of_the_schema_is_not_guessed_at() {
        let other = BasicProperties::default().with_type("opportune.jobs.v2.ConvertLeadsJob".into());
        assert_eq!(decode(&other, &body(TENANT, &ids(1)), false), Err(Undecodable::Type));
        assert_eq!(
            decode(&BasicProperties::default(), &body(TENANT, &ids(1)), false),
            Err(Undecodable::Type)
        );
    }
}
