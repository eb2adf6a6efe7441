use super::*;
use std::convert::Infallible;
use std::sync::Mutex;
use tonic_types::StatusExt;
use tower::{ServiceExt, service_fn};

const GET_LEAD: &str = "/opportune.v1.LeadService/GetLead";

#[derive(Default)]
struct Kept(Mutex<Vec<(String, i32)>>);

impl CallMeter for Kept {
    fn called(&self, method: &str, code: i32, _: Duration) {
        self.0.lock().unwrap().push((method.to_owned(), code));
    }
}

/// Calls a service that answers with `answer` through the layer; the status in the head, and what the meter heard.
async fn through<F, O>(path: &str, answer: F) -> (Option<Status>, Vec<(String, i32)>)
where
    F: Fn() -> O + Clone + Send + 'static,
    O: Future<Output = Response<Body>> + Send + 'static,
{
    let kept = Arc::new(Kept::default());
    let layer = CallLayer {
        timeout: Duration::from_millis(20),
        trace: Arc::new(()),
        meter: kept.clone(),
    };
    let service = layer.layer(service_fn(move |_: Request<Body>| {
        let answer = answer();
        async move { Ok::<_, Infallible>(answer.await) }
    }));
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let response = service.oneshot(request).await.unwrap();
    let status = Status::from_header_map(response.headers());
    drop(response);
    let heard = kept.0.lock().unwrap().clone();
    (status, heard)
}

fn reason(status: &Status) -> String {
    status.get_error_details().error_info().unwrap().reason.clone()
}

#[tokio::test]
async fn a_panic_is_an_internal_error() {
    let (status, heard) = through(GET_LEAD, || async { panic!("on purpose") }).await;
    let status = status.unwrap();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "INTERNAL"));
    assert_eq!(heard, [(GET_LEAD[1..].to_owned(), 13)]);
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_given_up() {
    let (status, heard) = through(GET_LEAD, std::future::pending).await;
    assert_eq!(reason(&status.unwrap()), "DEADLINE_EXCEEDED");
    assert_eq!(heard, [(GET_LEAD[1..].to_owned(), 4)]);
}

#[tokio::test]
async fn an_error_from_below_the_services_is_completed() {
    let (status, heard) = through(GET_LEAD, || async { Status::out_of_range("too large").into_http() }).await;
    let status = status.unwrap();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE")
    );
    assert_eq!(heard, [(GET_LEAD[1..].to_owned(), 8)]);
}

#[tokio::test]
async fn other_services_answer_as_they_like_under_one_name() {
    let health = "/grpc.health.v1.Health/Check";
    let (status, heard) = through(health, || async { Status::not_found("no such service").into_http() }).await;
    assert!(status.unwrap().details().is_empty());
    assert_eq!(heard, [("other".to_owned(), 5)]);
}
