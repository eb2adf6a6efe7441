//! Requests as vectors write them, made into messages: what is absent is filled in, short names are made long.

use super::view::prefix;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};
use serde_json::{Map, Value, json};

/// How long a call may wait for the outcome, in seconds.
const WAIT: u32 = 10;
/// What names a record or its version and is not changed by an update.
const NOT_CHANGED: [&str; 2] = ["id", "etag"];

/// The method of a step's `Service.Method`.
///
/// # Errors
/// When the contract has no such method.
pub fn method(pool: &DescriptorPool, name: &str) -> Result<MethodDescriptor, String> {
    let (service, method) = name.split_once('.').unwrap_or((name, ""));
    pool.services()
        .filter(|one| one.name() == service)
        .find_map(|one| one.methods().find(|one| one.name() == method))
        .ok_or_else(|| format!("the contract has no method {name}"))
}

/// Fills in what is absent: a new `request_id`, `wait` where the outcome is waited for, `update_mask`.
pub fn fill_in(
    request: &mut Map<String, Value>,
    descriptor: &MessageDescriptor,
    waits: bool,
    new_id: impl Fn() -> String,
) {
    let lacks = |request: &Map<String, Value>, name: &str| {
        descriptor.get_field_by_name(name).is_some() && !request.contains_key(name)
    };
    if lacks(request, "request_id") {
        request.insert("request_id".to_owned(), Value::from(new_id()));
    }
    if waits && lacks(request, "wait") {
        request.insert("wait".to_owned(), json!(WAIT));
    }
    if lacks(request, "update_mask") {
        let changed = request.values().find_map(Value::as_object);
        let given = changed.into_iter().flat_map(Map::keys);
        let mask: Vec<_> = given
            .filter(|name| !NOT_CHANGED.contains(&name.as_str()))
            .cloned()
            .collect();
        request.insert("update_mask".to_owned(), Value::from(mask));
    }
}

/// As [`fill_in`], for a message of a client stream: the request id belongs to the header within.
pub fn fill_in_streamed(request: &mut Map<String, Value>, descriptor: &MessageDescriptor, new_id: impl Fn() -> String) {
    for (name, part) in request {
        let field = descriptor.get_field_by_name(name).map(|field| field.kind());
        if let (Some(Kind::Message(descriptor)), Value::Object(part)) = (field, part)
            && descriptor.get_field_by_name("request_id").is_some()
            && !part.contains_key("request_id")
        {
            part.insert("request_id".to_owned(), Value::from(new_id()));
        }
    }
}

/// The message that the JSON stands for.
///
/// # Errors
/// When it has a field that the message does not have, or a value that does not fit.
pub fn build(descriptor: &MessageDescriptor, request: &Map<String, Value>) -> Result<DynamicMessage, String> {
    let json = message(descriptor, &Value::Object(request.clone()));
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    DynamicMessage::deserialize_with_options(descriptor.clone(), json, &options)
        .map_err(|error| format!("{} cannot be {request:?}: {error}", descriptor.name()))
}

/// Canonical JSON of a message.
fn message(descriptor: &MessageDescriptor, value: &Value) -> Value {
    match (descriptor.full_name(), value) {
        ("google.protobuf.Timestamp", Value::String(text)) if !text.contains('T') => {
            Value::from(format!("{text}T00:00:00Z"))
        }
        ("google.protobuf.Duration", Value::Number(seconds)) => Value::from(format!("{seconds}s")),
        ("google.protobuf.FieldMask", Value::Array(paths)) => {
            let paths: Vec<_> = paths.iter().filter_map(Value::as_str).map(lower_camel).collect();
            Value::from(paths.join(","))
        }
        ("google.type.Date", Value::String(text)) => {
            let parts: Vec<i32> = text.split('-').filter_map(|part| part.parse().ok()).collect();
            match parts.as_slice() {
                [year, month, day] => json!({"year": year, "month": month, "day": day}),
                _ => value.clone(),
            }
        }
        (name, Value::Object(fields)) if !name.starts_with("google.protobuf.") => Value::Object(
            fields
                .iter()
                // Null means clear: the field is in the mask and not in the message.
                .filter(|(_, field)| !field.is_null())
                .map(|(name, value)| match descriptor.get_field_by_name(name) {
                    Some(descriptor) => (name.clone(), field(&descriptor, value)),
                    None => (name.clone(), value.clone()),
                })
                .collect(),
        ),
        _ => value.clone(),
    }
}

fn field(descriptor: &FieldDescriptor, value: &Value) -> Value {
    match value {
        Value::Array(items) if descriptor.is_list() => {
            items.iter().map(|item| single(&descriptor.kind(), item)).collect()
        }
        value if descriptor.is_map() => value.clone(),
        value => single(&descriptor.kind(), value),
    }
}

fn single(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Message(descriptor), value) => message(descriptor, value),
        (Kind::Enum(descriptor), Value::String(name)) if descriptor.get_value_by_name(name).is_none() => {
            Value::from(prefix(descriptor) + name)
        }
        (_, value) => value.clone(),
    }
}

/// `leadId` for `lead_id`: the paths of a mask are written so in JSON.
fn lower_camel(name: &str) -> String {
    let mut camel = String::new();
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '_' => camel.extend(letters.next().map(|next| next.to_ascii_uppercase())),
            other => camel.push(other),
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_contract::google::r#type::Date;
    use opportune_contract::json::descriptor_pool;
    use opportune_contract::v1::{ConvertLeadRequest, LeadType, UpdateLeadRequest, UpdateSettingsRequest};
    use prost::{Message, Name};
    use prost_types::{Duration, FieldMask};

    fn object(json: Value) -> Map<String, Value> {
        json.as_object().unwrap().clone()
    }

    fn built<M: Message + Name + Default>(json: Value) -> Result<M, String> {
        let descriptor = descriptor_pool().get_message_by_name(&M::full_name()).unwrap();
        let mut request = object(json);
        fill_in(&mut request, &descriptor, true, || "new".to_owned());
        Ok(build(&descriptor, &request)?.transcode_to().unwrap())
    }

    #[test]
    fn request_id_and_wait_are_filled_in_where_they_are_absent() {
        let request: ConvertLeadRequest = built(json!({"lead_id": "a"})).unwrap();
        assert_eq!(
            (request.request_id.as_str(), request.wait.unwrap().seconds),
            ("new", 10)
        );
        let given = json!({"lead_id": "a", "request_id": "mine", "wait": "3s"});
        let request: ConvertLeadRequest = built(given).unwrap();
        assert_eq!(
            (request.request_id.as_str(), request.wait.unwrap().seconds),
            ("mine", 3)
        );
        let none: ConvertLeadRequest = built(json!({"lead_id": "a", "request_id": null})).unwrap();
        assert_eq!(none.request_id, "");
    }

    #[test]
    fn the_mask_has_the_fields_that_were_given_and_null_clears() {
        let given = json!({"lead": {"id": "a", "etag": "7", "phone": null, "expected_close_date": "2027-03-01"}});
        let request: UpdateLeadRequest = built(given).unwrap();
        let paths = ["expected_close_date", "phone"].map(str::to_owned).to_vec();
        assert_eq!(request.update_mask, Some(FieldMask { paths }));
        let lead = request.lead.unwrap();
        assert_eq!((lead.id.as_str(), lead.phone.as_str()), ("a", ""));
        assert_eq!(
            lead.expected_close_date,
            Some(Date {
                year: 2027,
                month: 3,
                day: 1
            })
        );
        let given = json!({"lead": {"title": "x"}, "update_mask": ["custom_fields"]});
        let request: UpdateLeadRequest = built(given).unwrap();
        assert_eq!(request.update_mask.unwrap().paths, ["custom_fields"]);
    }

    #[test]
    fn enums_may_be_short_and_durations_may_be_numbers() {
        for name in ["LEAD", "LEAD_TYPE_LEAD"] {
            let request: UpdateLeadRequest = built(json!({"lead": {"type": name}})).unwrap();
            assert_eq!(request.lead.unwrap().r#type(), LeadType::Lead);
        }
        for window in [json!(90), json!("90s")] {
            let request: UpdateSettingsRequest = built(json!({"settings": {"revert_window": window}})).unwrap();
            let expected = Duration { seconds: 90, nanos: 0 };
            assert_eq!(request.settings.unwrap().revert_window, Some(expected));
        }
    }

    #[test]
    fn what_the_message_does_not_have_is_refused() {
        assert!(built::<ConvertLeadRequest>(json!({"lead": "a"})).is_err());
        assert!(built::<ConvertLeadRequest>(json!({"mode": "SOMEHOW"})).is_err());
        assert!(method(descriptor_pool(), "LeadService.GetLead").is_ok());
        assert!(method(descriptor_pool(), "LeadService.GetLeads").is_err());
    }

    #[test]
    fn in_a_stream_the_header_gets_the_request_id() {
        let name = "opportune.v1.ImportLeadsRequest";
        let descriptor = descriptor_pool().get_message_by_name(name).unwrap();
        let mut header = object(json!({"header": {}}));
        fill_in_streamed(&mut header, &descriptor, || "new".to_owned());
        assert_eq!(Value::Object(header), json!({"header": {"request_id": "new"}}));
        let mut row = object(json!({"row": {"line": 1}}));
        fill_in_streamed(&mut row, &descriptor, || "new".to_owned());
        assert_eq!(Value::Object(row), json!({"row": {"line": 1}}));
    }
}
