use std::time::Duration;

use super::*;
use crate::telemetry::rendered;

#[test]
fn every_recorder_shows_in_the_prometheus_text() {
    let text = rendered(|metrics| {
        metrics.grpc_call("opportune.v1.LeadService/GetLead", 5, Duration::from_millis(3));
        metrics.conversion_settled(SettledOutcome::Refused, "DUPLICATES_FOUND");
        metrics.micro_batch(3, Duration::from_millis(20));
        metrics.accept_batch(2);
        metrics.outbox_lag(Duration::from_millis(1500));
        metrics.outbox_rows(OutboxKind::Job, 7);
        metrics.outbox_rows(OutboxKind::Event, 8);
        metrics.queue_depth("opportune.conversions", 9);
        metrics.messages_published(MessageKind::Event, PublishResult::Unroutable, 4);
        metrics.redeliveries(1);
        metrics.stale_acks(1);
        metrics.rekeys_waiting(3);
        metrics.sweeper_resent(1);
        metrics.store_retry("conflict");
        metrics.broker_connected(true);
        metrics.settled_notices(NoticeDirection::Received, 6);
    });
    let expected = [
        "rpc_server_call_duration_seconds_bucket{rpc_method=\"opportune.v1.LeadService/GetLead\",\
         rpc_response_status_code=\"NOT_FOUND\",rpc_system_name=\"grpc\",le=\"0.005\"} 1",
        "opportune_conversions_settled_total{outcome=\"refused\",reason=\"DUPLICATES_FOUND\"} 1",
        "opportune_microbatch_size_sum 3",
        "opportune_microbatch_duration_seconds_count 1",
        "opportune_accept_batch_size_sum 2",
        "opportune_outbox_lag_seconds 1.5",
        "opportune_outbox_rows{kind=\"job\"} 7",
        "opportune_outbox_rows{kind=\"event\"} 8",
        "opportune_queue_depth{queue=\"opportune.conversions\"} 9",
        "messaging_client_sent_messages_total{kind=\"event\",messaging_system=\"rabbitmq\",result=\"unroutable\"} 4",
        "opportune_jobs_redelivered_total 1",
        "opportune_jobs_stale_acks_total 1",
        "opportune_rekeys_waiting 3",
        "opportune_sweeper_resent_total 1",
        "opportune_store_retries_total{cause=\"conflict\"} 1",
        "opportune_broker_connected 1",
        "opportune_settled_notices_total{direction=\"received\"} 6",
        "target_info{",
        "service_name=\"opportune\"",
    ];
    for line in expected {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
}

#[test]
fn a_gauge_shows_its_last_value_and_a_counter_its_sum() {
    let text = rendered(|metrics| {
        for connected in [true, false] {
            metrics.broker_connected(connected);
            metrics.redeliveries(2);
        }
    });
    assert!(text.contains("opportune_broker_connected 0"));
    assert!(text.contains("opportune_jobs_redelivered_total 4"));
}

#[test]
fn disabled_recorders_take_everything_and_keep_nothing() {
    let metrics = Metrics::disabled();
    metrics.micro_batch(1, Duration::ZERO);
    metrics.broker_connected(true);
}
