//! Errors as vectors see them, whether a call failed or a conversion ended with it.

use super::view::{KIND, upper_snake};
use opportune_contract::google::rpc::Status;
use opportune_contract::json::descriptor_pool;
use prost::Message;
use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::{Value, json};
use tonic::Code;

/// The type that is noted for an error.
pub const ERROR: &str = "error";

/// The error of a call.
pub fn refused(status: &tonic::Status) -> Value {
    let details = Status::decode(status.details()).unwrap_or_default();
    stored(&Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: details.details,
    })
}

/// An error: its code by name, reason, domain and metadata of its ErrorInfo, the fields of its BadRequest, and all of
/// it in one text.
pub fn stored(status: &Status) -> Value {
    let details: Vec<Value> = status.details.iter().filter_map(detail).collect();
    let of = |key: &str| details.iter().find_map(|detail| detail.get(key)).cloned();
    let violations = of("field_violations").unwrap_or_default();
    let fields = violations.as_array().into_iter().flatten();
    let fields: Vec<Value> = fields.filter_map(|violation| violation.get("field").cloned()).collect();
    let text = format!("{} {}", status.message, Value::from(details.clone()));
    json!({
        KIND: ERROR,
        "code": upper_snake(&format!("{:?}", Code::from_i32(status.code))),
        "message": status.message,
        "reason": of("reason"),
        "domain": of("domain"),
        "metadata": of("metadata"),
        "fields": fields,
        "text": text,
        "details": details,
    })
}

/// A field that is expected to be wrong is among those that are named: as the whole path, or as a part of it, with or
/// without an index.
pub fn names_field(error: &Value, expected: &str) -> bool {
    let named = error.get("fields").and_then(Value::as_array).into_iter().flatten();
    named.filter_map(Value::as_str).any(|named| {
        let parts = |path: &str| path.split('.').map(str::to_owned).collect::<Vec<_>>();
        let wanted = parts(expected);
        let contains = |path: &str| parts(path).windows(wanted.len()).any(|window| window == wanted);
        contains(named) || contains(&without_indexes(named))
    })
}

fn without_indexes(path: &str) -> String {
    let part = |part: &str| part.split('[').next().unwrap_or_default().to_owned();
    path.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// A detail as JSON; the fields of an `Any` of a type that the contract does not have are not known.
fn detail(any: &prost_types::Any) -> Option<Value> {
    let name = any.type_url.rsplit('/').next()?;
    let descriptor = descriptor_pool().get_message_by_name(name)?;
    let message = DynamicMessage::decode(descriptor, any.value.as_slice()).ok()?;
    let options = SerializeOptions::new().use_proto_field_name(true);
    message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use tonic_types::{ErrorDetails, StatusExt};

    fn error() -> Value {
        let mut details = ErrorDetails::new();
        details.set_error_info(
            "FIELD_INVALID",
            "opportune",
            HashMap::from([("lead".to_owned(), "7f".to_owned())]),
        );
        details.add_bad_request_violation("overrides[2].instruction.team_id", "is no id");
        refused(&tonic::Status::with_error_details(
            Code::InvalidArgument,
            "team_id is no id",
            details,
        ))
    }

    #[test]
    fn an_error_has_code_reason_fields_and_one_text() {
        let error = error();
        assert_eq!(error["code"], "INVALID_ARGUMENT");
        assert_eq!(error["reason"], "FIELD_INVALID");
        assert_eq!(error["metadata"]["lead"], "7f");
        let text = error["text"].as_str().unwrap();
        assert!(text.contains("team_id is no id") && text.contains("7f"), "{text}");
    }

    #[test]
    fn a_field_is_named_by_any_part_of_its_path() {
        let error = error();
        for field in [
            "team_id",
            "overrides",
            "overrides[2]",
            "instruction.team_id",
            "overrides.instruction",
        ] {
            assert!(names_field(&error, field), "{field}");
        }
        for field in ["team", "id", "overrides[1]", "instruction.stage_id"] {
            assert!(!names_field(&error, field), "{field}");
        }
    }

    #[test]
    fn an_error_without_details_has_its_code_and_no_reason() {
        let error = refused(&tonic::Status::unavailable("gone"));
        assert_eq!(error["code"], "UNAVAILABLE");
        assert_eq!(error["reason"], Value::Null);
    }
}
