//! The server over a real connection, with a database that is away.

mod away;

use opportune_contract::v1;
use opportune_contract::v1::lead_service_client::LeadServiceClient;
use opportune_grpc::{HealthSwitch, Options, ServeError, serve};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt;
use uuid::Uuid;

struct Server {
    address: SocketAddr,
    channel: Channel,
    health: HealthSwitch,
    stop: CancellationToken,
    ended: JoinHandle<Result<(), ServeError>>,
}

async fn start() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let health = HealthSwitch::new().await;
    let stop = CancellationToken::new();
    let ended = tokio::spawn(serve(listener, Options::new(health.clone()), away::app(), stop.clone()));
    let channel = Channel::from_shared(format!("http://{address}"))
        .expect("an address")
        .connect()
        .await
        .expect("it listens");
    Server {
        address,
        channel,
        health,
        stop,
        ended,
    }
}

fn get(id: u128) -> v1::GetLeadRequest {
    v1::GetLeadRequest {
        id: Uuid::from_u128(id).to_string(),
        include_similar_count: false,
    }
}

fn reason(status: &Status) -> String {
    status
        .get_error_details()
        .error_info()
        .expect("every error has one")
        .reason
        .clone()
}

#[tokio::test]
async fn a_store_that_is_away_is_told_with_a_time_to_try_again() {
    let server = start().await;
    let status = LeadServiceClient::new(server.channel)
        .get_lead(get(1))
        .await
        .unwrap_err();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::Unavailable, "STORE_UNAVAILABLE")
    );
    assert!(status.get_error_details().retry_info().is_some());
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_plain_and_compressed() {
    let server = start().await;
    let lead = Some(v1::Lead {
        description: "x".repeat(5 * 1024 * 1024),
        ..v1::Lead::default()
    });
    let large = v1::CreateLeadRequest {
        lead,
        request_id: String::new(),
    };
    let client = LeadServiceClient::new(server.channel);
    for mut client in [client.clone(), client.send_compressed(CompressionEncoding::Gzip)] {
        let status = client.create_lead(large.clone()).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::ResourceExhausted, "MESSAGE_TOO_LARGE")
        );
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_a_stream_the_same_way() {
    let server = start().await;
    let lead = Some(v1::Lead {
        description: "x".repeat(5 * 1024 * 1024),
        ..v1::Lead::default()
    });
    let row = v1::import_leads_request::Payload::Row(v1::ImportRow { line: 1, lead });
    let stream = tokio_stream::iter([v1::ImportLeadsRequest { payload: Some(row) }]);
    let status = LeadServiceClient::new(server.channel)
        .import_leads(stream)
        .await
        .unwrap_err();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE")
    );
}

#[tokio::test]
async fn headers_that_cannot_be_read_are_named() {
    let server = start().await;
    let mut request = Request::new(get(1));
    request.metadata_mut().insert("x-tenant-id", "acme".parse().unwrap());
    let status = LeadServiceClient::new(server.channel)
        .get_lead(request)
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        status.get_error_details().bad_request().unwrap().field_violations[0].field,
        "x-tenant-id"
    );
}

#[tokio::test]
async fn one_call_that_panics_takes_nobody_along() {
    let server = start().await;
    let mut client = LeadServiceClient::new(server.channel);
    let status = client.get_lead(get(0x13)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "INTERNAL"));
    assert_eq!(client.get_lead(get(1)).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn health_follows_the_switch() {
    let server = start().await;
    let mut client = HealthClient::new(server.channel);
    for service in ["", "opportune.v1.LeadService"] {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        for serving in [false, true] {
            server.health.set_serving(serving).await;
            let answer = client.check(request.clone()).await.unwrap().into_inner();
            let expected = if serving {
                ServingStatus::Serving
            } else {
                ServingStatus::NotServing
            };
            assert_eq!(answer.status, expected as i32, "{service}");
        }
    }
}

#[tokio::test]
async fn the_server_ends_when_it_is_told_to() {
    let server = start().await;
    server.stop.cancel();
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_browser_gets_its_status_over_http_1() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /opportune.v1.LeadService/GetLead HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
        content-type: application/grpc-web+proto\r\nx-grpc-web: 1\r\ncontent-length: 5\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[0; 5]).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("application/grpc-web+proto"), "{answer}");
    assert!(
        answer.contains("grpc-status: 3") || answer.contains("grpc-status:3"),
        "{answer}"
    );
    assert!(!answer.contains("access-control-allow-origin"), "{answer}");
}

#[tokio::test]
async fn the_contract_can_be_asked_for() {
    let server = start().await;
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(server.channel);
    let mut answers = client
        .server_reflection_info(tokio_stream::iter([ask]))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else {
        panic!("{answer:?}")
    };
    let names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    for expected in [
        "opportune.v1.LeadService",
        "opportune.v1.LeadConversionService",
        "grpc.health.v1.Health",
    ] {
        assert!(names.iter().any(|name| name == expected), "{expected} in {names:?}");
    }
}
