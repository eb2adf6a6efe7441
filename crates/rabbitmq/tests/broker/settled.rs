//! Waiters in other processes hear what settled.

use crate::support::{Bench, TENANT, conversion, soon};
use opportune_application::ports::Notices;
use opportune_domain::ids::{ConversionId, TenantId};
use opportune_rabbitmq::{AmqpNotices, BrokerOptions, Listener, listen};
use opportune_testkit::{ChaosProxy, TestBroker};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

type Heard = UnboundedReceiver<(TenantId, Vec<ConversionId>)>;

async fn ears(url: &str) -> (Listener, Heard) {
    let (sender, heard) = unbounded_channel();
    let mut listener = listen(BrokerOptions::new(url), move |tenant, settled| {
        let _ = sender.send((tenant, settled));
    });
    soon(listener.ready()).await;
    (listener, heard)
}

#[tokio::test]
async fn every_process_hears_what_settled() {
    let bench = Bench::new().await;
    let (_first, mut heard_by_first) = ears(bench.url()).await;
    let (_second, mut heard_by_second) = ears(bench.url()).await;
    let notices = AmqpNotices::new(bench.broker.clone());
    notices.announce(TENANT, &[conversion(1), conversion(2)]).await;
    for heard in [&mut heard_by_first, &mut heard_by_second] {
        assert_eq!(
            soon(heard.recv()).await.unwrap(),
            (TENANT, vec![conversion(1), conversion(2)])
        );
    }
}

#[tokio::test]
async fn many_are_announced_in_parts() {
    let bench = Bench::new().await;
    let (_listener, mut heard) = ears(bench.url()).await;
    let all: Vec<_> = (1..=2_500).map(conversion).collect();
    AmqpNotices::new(bench.broker.clone()).announce(TENANT, &all).await;
    let mut settled = Vec::new();
    while settled.len() < all.len() {
        settled.extend(soon(heard.recv()).await.unwrap().1);
    }
    assert_eq!(settled, all);
}

#[tokio::test]
async fn listening_goes_on_after_a_cut() {
    let bench = Bench::new().await;
    let proxy = ChaosProxy::before(bench.url()).await.unwrap();
    let (mut listener, mut heard) = ears(&proxy.url()).await;
    proxy.cut();
    soon(async {
        while listener.is_listening() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    proxy.restore();
    soon(listener.ready()).await;
    AmqpNotices::new(bench.broker.clone())
        .announce(TENANT, &[conversion(1)])
        .await;
    assert_eq!(soon(heard.recv()).await.unwrap().1, [conversion(1)]);
}

#[tokio::test]
async fn announcing_to_a_broker_that_is_away_takes_no_time() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = opportune_rabbitmq::BrokerUrl::new(proxy.url());
    let bench = Bench::on(vhost, |options| options.url = url).await;
    let notices = AmqpNotices::new(bench.broker.clone());
    proxy.cut();
    let began = tokio::time::Instant::now();
    for _ in 0..3 {
        notices.announce(TENANT, &[conversion(1)]).await;
    }
    assert!(
        began.elapsed() < std::time::Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
}
