//! What can be said about an attached file.

use crate::limits::{self, Check};

/// Schemes whose URI is content or a program, not a place: whoever shows the link would run it.
const NO_PLACES: [&str; 3] = ["data", "javascript", "vbscript"];

/// Empty, or `type/subtype` with or without parameters.
pub(super) fn check_media_type(check: &mut Check, value: &str) {
    if value.is_empty() {
        return;
    }
    if value.len() > limits::MEDIA_TYPE {
        check.add(
            "media_type",
            format!("is longer than {} characters", limits::MEDIA_TYPE),
        );
    } else if !is_media_type(value) {
        check.add("media_type", "is not a media type such as application/pdf");
    }
}

fn is_media_type(value: &str) -> bool {
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let well_formed = |part: &str| !part.is_empty() && part.bytes().all(is_token);
    let printable = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    essence
        .trim_end()
        .split_once('/')
        .is_some_and(|(kind, subtype)| well_formed(kind) && well_formed(subtype))
        && printable(parameters)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Not negative.
pub(super) fn check_size(check: &mut Check, bytes: i64) {
    if bytes < 0 {
        check.add("size_bytes", "must not be negative");
    }
}

/// Empty, or an absolute URI that names a place.
pub(super) fn check_uri(check: &mut Check, value: &str) {
    if value.is_empty() {
        return;
    }
    if value.chars().count() > limits::URI {
        check.add("uri", format!("is longer than {} characters", limits::URI));
        return;
    }
    match scheme(value) {
        None => check.add("uri", "is not an absolute URI such as https://example.com/offer.pdf"),
        Some(scheme) if NO_PLACES.contains(&scheme.as_str()) => {
            check.add("uri", format!("names no place: {scheme} is not taken"));
        }
        Some(_) => {}
    }
}

/// The scheme in lower case; `None` when the text is no absolute URI.
fn scheme(value: &str) -> Option<String> {
    let (scheme, rest) = value.split_once(':')?;
    let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let goes_on_well = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let in_one_piece = !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control());
    (starts_well && scheme.chars().all(goes_on_well) && in_one_piece).then(|| scheme.to_ascii_lowercase())
}
