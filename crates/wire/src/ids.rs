//! Ids: UUIDs as text; empty text where there is none.

use opportune_domain::refusal::Refusal;
use uuid::Uuid;

/// Length of a UUID as text with its hyphens, the only form that is taken.
const UUID_LENGTH: usize = 36;

/// An id as text; empty = none.
pub fn text<T: Into<Uuid>>(id: Option<T>) -> String {
    id.map(|id| id.into().to_string()).unwrap_or_default()
}

/// Ids as texts.
pub fn texts<T: Into<Uuid> + Copy>(ids: &[T]) -> Vec<String> {
    ids.iter().map(|id| (*id).into().to_string()).collect()
}

/// The id that a field holds; empty text = none.
///
/// # Errors
/// `FIELD_INVALID` naming the field when the text is no UUID.
pub fn parse_id<T: From<Uuid>>(field: &str, text: &str) -> Result<Option<T>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() != UUID_LENGTH {
        return Err(no_uuid(field));
    }
    Uuid::parse_str(text)
        .map(|id| Some(T::from(id)))
        .map_err(|_| no_uuid(field))
}

/// The id that a field must hold.
///
/// # Errors
/// `FIELD_INVALID` naming the field when it is empty or no UUID.
pub fn required_id<T: From<Uuid>>(field: &str, text: &str) -> Result<T, Refusal> {
    parse_id(field, text)?.ok_or_else(|| Refusal::field(field, "must not be empty"))
}

/// The ids of a repeated field.
///
/// # Errors
/// `FIELD_INVALID` naming the first entry that is empty or no UUID, such as `team_ids[2]`.
pub fn parse_ids<T: From<Uuid>>(field: &str, texts: &[String]) -> Result<Vec<T>, Refusal> {
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| required_id(&format!("{field}[{index}]"), text))
        .collect()
}

fn no_uuid(field: &str) -> Refusal {
    Refusal::field(field, "is not a UUID")
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_domain::ids::LeadId;

    const ID: &str = "0199a0b1-0000-7000-8000-00000000002a";

    #[test]
    fn an_id_comes_back_as_the_text_it_came_from() {
        let id: Option<LeadId> = parse_id("lead_id", ID).unwrap();
        assert_eq!(text(id), ID);
    }

    #[test]
    fn empty_text_is_no_id() {
        assert_eq!(parse_id::<LeadId>("lead_id", "").unwrap(), None);
        assert_eq!(text::<LeadId>(None), "");
        let refusal = required_id::<LeadId>("lead_id", "").unwrap_err();
        assert_eq!(refusal.violations[0].description, "must not be empty");
    }

    #[test]
    fn text_that_is_no_uuid_is_refused_by_the_name_of_its_field() {
        for wrong in [
            "42",
            "0199a0b100007000800000000000002a",
            "{0199a0b1-0000-7000-8000-00000000002a}",
            "zz99a0b1-0000-7000-8000-00000000002a",
        ] {
            let refusal = parse_id::<LeadId>("lead_id", wrong).unwrap_err();
            assert_eq!(refusal.violations[0].field, "lead_id", "{wrong}");
        }
    }

    #[test]
    fn a_wrong_entry_of_a_list_is_named_by_its_place() {
        let refusal = parse_ids::<LeadId>("merge_lead_ids", &[ID.into(), "x".into()]).unwrap_err();
        assert_eq!(refusal.violations[0].field, "merge_lead_ids[1]");
    }
}
