//! The JSON of messages, and that the contract explains itself.

use prost::{Message, Name};
use prost_reflect::prost_types::FileDescriptorSet;
use serde_json::json;

use super::*;
use crate::google::rpc::{ErrorInfo, Status};
use crate::{events, v1};

fn request() -> v1::ConvertLeadRequest {
    v1::ConvertLeadRequest {
        lead_id: "0197c0de-0000-7000-8000-000000000001".into(),
        mode: v1::ConversionMode::Merge.into(),
        merge_lead_ids: vec!["0197c0de-0000-7000-8000-000000000002".into()],
        customer: Some(v1::convert_lead_request::Customer::NoCustomer(v1::NoCustomer {})),
        wait: Some(prost_types::Duration {
            seconds: 1,
            nanos: 500_000_000,
        }),
        ..Default::default()
    }
}

#[test]
fn a_request_survives_json_with_either_kind_of_names() {
    let camel = to_json(&request()).unwrap();
    assert_eq!(camel["leadId"], json!("0197c0de-0000-7000-8000-000000000001"));
    assert_eq!(camel["mode"], json!("CONVERSION_MODE_MERGE"));
    assert_eq!(camel["noCustomer"], json!({}));
    assert_eq!(camel["wait"], json!("1.500s"));
    assert_eq!(camel.get("teamId"), None, "empty fields are left out");
    assert_eq!(
        from_json::<v1::ConvertLeadRequest>(&camel.to_string()).unwrap(),
        request()
    );

    let snake = to_json_proto_names(&request()).unwrap();
    assert_eq!(snake["merge_lead_ids"], json!(["0197c0de-0000-7000-8000-000000000002"]));
    assert_eq!(
        from_json::<v1::ConvertLeadRequest>(&snake.to_string()).unwrap(),
        request()
    );
}

#[test]
fn bytes_are_the_same_json() {
    let bytes = to_json_bytes(&request()).unwrap();
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(value, to_json(&request()).unwrap());
}

#[test]
fn numbers_of_64_bits_are_text() {
    let batch = v1::Batch {
        total_count: 100_000,
        ..Default::default()
    };
    assert_eq!(to_json(&batch).unwrap(), json!({"totalCount": "100000"}));
}

#[test]
fn an_unknown_field_is_an_error_unless_asked_to_be_skipped() {
    let text = r#"{"leadId": "a", "fromTheFuture": 1}"#;
    let error = from_json::<v1::ConvertLeadRequest>(text).unwrap_err();
    assert!(matches!(error, JsonError::Read(_)), "{error}");
    assert_eq!(from_json_lenient::<v1::ConvertLeadRequest>(text).unwrap().lead_id, "a");
    assert!(from_json::<v1::ConvertLeadRequest>("{} {}").is_err(), "trailing text");
}

#[test]
fn the_details_of_an_error_are_written_out() {
    let info = ErrorInfo {
        reason: "JOB_DEAD_LETTERED".into(),
        domain: "opportune".into(),
        ..Default::default()
    };
    let detail = prost_types::Any {
        type_url: format!("type.googleapis.com/{}", ErrorInfo::full_name()),
        value: info.encode_to_vec(),
    };
    let event = events::ConversionFailed {
        error: Some(Status {
            code: 10,
            details: vec![detail],
            ..Default::default()
        }),
        ..Default::default()
    };
    let json = to_json(&event).unwrap();
    assert_eq!(json["error"]["details"][0]["reason"], json!("JOB_DEAD_LETTERED"));
    assert_eq!(from_json::<events::ConversionFailed>(&json.to_string()).unwrap(), event);
}

#[test]
fn every_part_of_the_contract_has_a_comment() {
    let set = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor_with_comments.bin"));
    let set = FileDescriptorSet::decode(set.as_slice()).unwrap();
    let mut bare = Vec::new();
    for file in set.file.iter().filter(|file| file.package().starts_with("opportune.")) {
        for location in &file.source_code_info.as_ref().unwrap().location {
            if is_declaration(&location.path) && location.leading_comments().trim().is_empty() {
                bare.push(format!("{}:{}", file.name(), location.span[0] + 1));
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

/// Whether a path of source info names a message, field, oneof, enum, value, service or rpc.
///
/// The numbers are those of `descriptor.proto`: 4 messages, 5 enums, 6 services of a file; in a message 2 fields,
/// 3 messages, 4 enums, 8 oneofs; 2 values of an enum; 2 rpcs of a service.
fn is_declaration(path: &[i32]) -> bool {
    fn in_message(path: &[i32]) -> bool {
        match path {
            [] | [2 | 8, _] => true,
            [3, _, rest @ ..] => in_message(rest),
            [4, _, rest @ ..] => in_list(rest),
            _ => false,
        }
    }
    fn in_list(path: &[i32]) -> bool {
        matches!(path, [] | [2, _])
    }
    match path {
        [4, _, rest @ ..] => in_message(rest),
        [5 | 6, _, rest @ ..] => in_list(rest),
        _ => false,
    }
}
