//! What every gRPC server of today offers.

use crate::support::{System, http, lead_of, soon};
use opportune_contract::v1::{CreateLeadRequest, CreateLeadResponse};
use prost::Message;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

const SERVICES: [&str; 5] = [
    "opportune.v1.CustomerService",
    "opportune.v1.LeadConversionService",
    "opportune.v1.LeadService",
    "opportune.v1.SettingsService",
    "opportune.v1.TeamService",
];

#[tokio::test]
async fn reflection_lists_the_services_and_knows_their_files() {
    let system = System::start().await;
    let mut client = ServerReflectionClient::new(system.api().channel);
    let ask = |message_request| ServerReflectionRequest {
        host: String::new(),
        message_request: Some(message_request),
    };
    let questions = [
        ask(MessageRequest::ListServices(String::new())),
        ask(MessageRequest::FileContainingSymbol(
            "opportune.v1.LeadConversionService".into(),
        )),
    ];
    let mut answers = client
        .server_reflection_info(tokio_stream::iter(questions))
        .await
        .unwrap()
        .into_inner();
    let first = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(list) = first else {
        panic!("{first:?}")
    };
    let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
    for service in SERVICES {
        assert!(names.contains(&service), "{service} in {names:?}");
    }
    let second = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::FileDescriptorResponse(files) = second else {
        panic!("{second:?}")
    };
    assert!(!files.file_descriptor_proto.is_empty());
}

#[tokio::test]
async fn health_is_told_for_the_server_and_for_each_service() {
    let system = System::start().await;
    let mut client = HealthClient::new(system.api().channel);
    for service in SERVICES.into_iter().chain([""]) {
        soon("it is serving", || {
            let mut client = client.clone();
            async move {
                let answer = client
                    .check(HealthCheckRequest {
                        service: service.into(),
                    })
                    .await
                    .ok()?;
                (answer.into_inner().status() == ServingStatus::Serving).then_some(())
            }
        })
        .await;
    }
    let unknown = client
        .check(HealthCheckRequest {
            service: "opportune.v1.NoService".into(),
        })
        .await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
    for (path, says) in [("/livez", ""), ("/readyz", ""), ("/metrics", "opportune_")] {
        let answer = http::get(&system.node.ops, path).await.unwrap();
        let body = String::from_utf8(answer.body).unwrap();
        assert!(
            answer.status == 200 && body.contains(says),
            "{path}: {} {body}",
            answer.status
        );
    }
}

#[tokio::test]
async fn what_processes_tell_each_other_is_counted_by_both() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    api.converted(&lead).await;
    for direction in ["sent", "received"] {
        let counted = format!("opportune_settled_notices_total{{direction=\"{direction}\"");
        soon(&format!("a notice was {direction}"), || async {
            let body = system.node.metrics().await;
            let mut lines = body.lines();
            lines
                .any(|line| line.starts_with(&counted) && line.ends_with(" 1"))
                .then_some(())
        })
        .await;
    }
}

/// A message as a frame of gRPC-Web.
fn frame(message: &impl Message) -> Vec<u8> {
    let body = message.encode_to_vec();
    let mut frame = vec![0];
    frame.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
    frame.extend(body);
    frame
}

#[tokio::test]
async fn a_browser_calls_by_grpc_web_over_plain_http() {
    let system = System::start().await;
    let api = system.api();
    let headers = [
        ("content-type", "application/grpc-web+proto"),
        ("x-grpc-web", "1"),
        ("x-tenant-id", &api.tenant.to_string()),
    ];
    let request = CreateLeadRequest {
        lead: Some(lead_of("Ann Lee")),
        ..CreateLeadRequest::default()
    };
    let path = "/opportune.v1.LeadService/CreateLead";
    let answer = http::send(&system.node.grpc, "POST", path, &headers, &frame(&request))
        .await
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.head);
    let length = u32::from_be_bytes(answer.body[1..5].try_into().unwrap()) as usize;
    let lead = CreateLeadResponse::decode(&answer.body[5..5 + length])
        .unwrap()
        .lead
        .unwrap();
    let trailer = String::from_utf8_lossy(&answer.body[5 + length..]).to_lowercase();
    assert!(
        trailer.contains("grpc-status:0") || trailer.contains("grpc-status: 0"),
        "{trailer}"
    );
    assert_eq!(api.lead(&lead.id).await, lead);

    let wrong = CreateLeadRequest::default();
    let answer = http::send(&system.node.grpc, "POST", path, &headers, &frame(&wrong))
        .await
        .unwrap();
    let told = answer.head + &String::from_utf8_lossy(&answer.body).to_lowercase();
    assert!(told.contains("grpc-status-details-bin"), "details come too: {told}");
}
