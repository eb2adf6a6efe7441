//! The CloudEvents 1.0 envelope of an event: binary mode, attributes as headers with the prefix `cloudEvents_`.

use crate::headers::{self, TRACEPARENT};
use crate::options::EventFormat;
use crate::outgoing::{Outgoing, persistent, traced};
use crate::topology::EVENTS_EXCHANGE;
use chrono::SecondsFormat;
use lapin::types::FieldTable;
use opportune_domain::event::Event;
use opportune_domain::ids::TenantId;
use opportune_wire::event::{WireError, event_bytes};

/// The message of an event for the events exchange.
///
/// Not mandatory: nobody has to subscribe. With `mandatory` the broker would send every event without a subscriber back,
/// and the client library would write it to the log as it is, with the personal data in it.
///
/// # Errors
/// [`WireError`]: the event can never be written.
pub(crate) fn outgoing(tenant: TenantId, event: &Event, format: EventFormat) -> Result<Outgoing, WireError> {
    let (body, content_type) = event_bytes(event, format)?;
    let properties = persistent(content_type, event.id.to_string())
        .with_timestamp(u64::try_from(event.occurred_at.timestamp()).unwrap_or_default())
        .with_headers(attributes(tenant, event));
    Ok(Outgoing {
        exchange: EVENTS_EXCHANGE,
        routing_key: format!("{}.{tenant}", event.body.topic()),
        mandatory: false,
        properties,
        body,
    })
}

/// The attributes of an event as headers. `datacontenttype` is the content type of the message, as the AMQP binding of
/// CloudEvents asks.
fn attributes(tenant: TenantId, event: &Event) -> FieldTable {
    let subject = event.body.subject();
    let mut table = traced(&event.traceparent);
    let mut attribute = |name: &str, value: String| {
        table.insert(format!("cloudEvents_{name}").into(), headers::text(value));
    };
    attribute("specversion", "1.0".to_owned());
    attribute("id", event.id.to_string());
    attribute("source", format!("/tenants/{tenant}"));
    attribute("type", event.body.type_name().to_owned());
    attribute("subject", subject.to_string());
    attribute("time", event.occurred_at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    // Padded, so that the order of texts is the order of numbers.
    attribute("sequence", format!("{:020}", event.sequence));
    attribute("partitionkey", format!("{tenant}/{subject}"));
    if !event.traceparent.is_empty() {
        attribute(TRACEPARENT, event.traceparent.clone());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use opportune_domain::event::EventBody;
    use opportune_domain::ids::{ConversionId, EventId, LeadId};
    use opportune_domain::refusal::{Reason, Refusal};
    use uuid::Uuid;

    fn event(traceparent: &str) -> Event {
        Event {
            id: EventId(Uuid::from_u128(1)),
            sequence: 42,
            occurred_at: DateTime::from_timestamp(1_700_000_000, 123_456_000).expect("a time"),
            traceparent: traceparent.to_owned(),
            body: EventBody::ConversionFailed {
                conversion_id: ConversionId(Uuid::from_u128(2)),
                lead_id: LeadId(Uuid::from_u128(3)),
                error: Refusal::new(Reason::LeadsDisabled, "leads are switched off"),
                attempt: 1,
                batch_id: None,
            },
        }
    }

    #[test]
    fn an_event_says_everything_in_its_headers() {
        let tenant = TenantId(Uuid::from_u128(9));
        let message = outgoing(tenant, &event("00-aa-bb-01"), EventFormat::Json).expect("an event");
        let subject = Uuid::from_u128(2);
        let expected = [
            ("cloudEvents_specversion", "1.0".to_owned()),
            ("cloudEvents_id", Uuid::from_u128(1).to_string()),
            ("cloudEvents_source", format!("/tenants/{tenant}")),
            ("cloudEvents_type", "opportune.conversion.failed.v1".to_owned()),
            ("cloudEvents_subject", subject.to_string()),
            ("cloudEvents_time", "2023-11-14T22:13:20.123456Z".to_owned()),
            ("cloudEvents_sequence", "00000000000000000042".to_owned()),
            ("cloudEvents_partitionkey", format!("{tenant}/{subject}")),
            ("cloudEvents_traceparent", "00-aa-bb-01".to_owned()),
            ("traceparent", "00-aa-bb-01".to_owned()),
        ];
        for (name, value) in &expected {
            assert_eq!(
                headers::get_text(&message.properties, name).as_ref(),
                Some(value),
                "{name}"
            );
        }
        assert_eq!(
            headers::table(&message.properties).map(|table| table.inner().len()),
            Some(expected.len())
        );
        assert_eq!(message.routing_key, format!("conversion.failed.{tenant}"));
        assert_eq!(
            message.properties.content_type().as_ref().map(|text| text.as_str()),
            Some("application/json")
        );
    }

    #[test]
    fn an_event_without_a_trace_has_no_trace_headers() {
        let message = outgoing(TenantId(Uuid::nil()), &event(""), EventFormat::Protobuf).expect("an event");
        assert_eq!(headers::get(&message.properties, "traceparent"), None);
        assert_eq!(headers::get(&message.properties, "cloudEvents_traceparent"), None);
        assert_eq!(
            message.properties.content_type().as_ref().map(|text| text.as_str()),
            Some("application/protobuf")
        );
    }
}
