//! Phone numbers (rules 2.4): E.164 or nothing.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::fold;

/// The longest text that is read as one number, in characters; numbers with their remarks are shorter.
const MAX_NUMBER: usize = 200;

/// The most digits that are kept of a number.
const MAX_DIGITS: usize = 20;

/// How many parts of a text with several numbers are tried.
const MAX_PARTS: usize = 4;

/// The first number of the text in E.164 if it is valid, its extension dropped; else none. Never fails (rules 2.4).
///
/// `region` is the ISO 3166-1 alpha-2 code of the country whose local numbers are read; unknown codes count as none.
/// `00…` and a missing `+` are tried when the plain reading fails.
pub fn phone(text: &str, region: Option<&str>) -> Option<String> {
    let region = region.and_then(|code| Region::from_code(code.trim()).ok());
    let text = fold::clean(text);
    // A semicolon begins parameters (`;ext=5`) or another number; the parser may panic on misplaced parameters.
    let mut parts = text
        .split([';', ',', '|'])
        .filter(|part| part.chars().any(char::is_numeric))
        .take(MAX_PARTS);
    parts.find_map(|part| one_or_several(part, region))
}

/// Reads the text as one number; failing that, as several with a slash or a word between them.
fn one_or_several(text: &str, region: Option<Region>) -> Option<String> {
    let whole = text.trim();
    if let Some(number) = with_retries(whole, region) {
        return Some(number);
    }
    let mut parts = whole
        .split('/')
        .flat_map(|part| part.split(" or "))
        .flat_map(|part| part.split(" oder "));
    // A single part has been tried already.
    parts.clone().nth(1)?;
    parts
        .by_ref()
        .take(MAX_PARTS)
        .find_map(|part| with_retries(part.trim(), region))
}

fn with_retries(text: &str, region: Option<Region>) -> Option<String> {
    if text.chars().count() > MAX_NUMBER {
        return None;
    }
    if let Some(number) = valid(text, region) {
        return Some(number);
    }
    let first = text.find(|c: char| c.is_numeric() || c == '+')?;
    let number = text[first..].trim_start_matches('+').trim_start();
    let international = number.strip_prefix("00").unwrap_or(number).trim_start();
    // No country code begins with 0: what still does is a local number of another country.
    let begins_with_code = international.starts_with(|c: char| c.is_numeric() && c != '0');
    begins_with_code
        .then(|| valid(&format!("+{international}"), None))
        .flatten()
}

/// One reading: parsed, and valid for the region that the number itself names.
fn valid(text: &str, region: Option<Region>) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    let is_valid = PHONE_NUMBER_UTIL.is_valid_number(&number);
    is_valid.then(|| PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}

/// The digits of the first number in the text, in any country's notation, its extension dropped; none if there are
/// fewer than seven, or if they are what people type to get past a form (`0000000`, `1234567`). Never fails.
///
/// Serves numbers whose country is not known: they meet by their end.
pub fn phone_digits(text: &str) -> Option<String> {
    let text = fold::fold(text);
    let number = text
        .split([';', ',', '|', '#', 'x', 'e'])
        .find(|part| part.bytes().any(|b| b.is_ascii_digit()))?;
    let digits: String = number.chars().filter(char::is_ascii_digit).take(MAX_DIGITS).collect();
    let tail = &digits[digits.len().checked_sub(7)?..];
    (!is_keyboard_run(tail)).then_some(digits)
}

/// One digit again and again but for one, or one after the other.
fn is_keyboard_run(digits: &str) -> bool {
    let steps: Vec<u8> = digits
        .bytes()
        .zip(digits.bytes().skip(1))
        .map(|(a, b)| b.wrapping_sub(a) % 10)
        .collect();
    let same = |step: u8| steps.iter().filter(|one| **one == step).count() >= steps.len() - 1;
    same(0) || same(1) || same(255 % 10)
}

#[cfg(test)]
mod tests {
    use super::{phone, phone_digits};

    #[test]
    fn digits_are_kept_whatever_the_country_and_junk_is_not() {
        assert_eq!(phone_digits("(020) 7990-5211 ext. 4").as_deref(), Some("02079905211"));
        assert_eq!(phone_digits("5119543106 x319").as_deref(), Some("5119543106"));
        for junk in ["0000000000", "1234567890", "1111111111", "9876543", "12345", "", "n/a"] {
            assert_eq!(phone_digits(junk), None, "{junk}");
        }
    }

    #[test]
    fn a_local_number_is_read_in_its_region() {
        assert_eq!(phone("030 901820", Some("DE")).as_deref(), Some("+4930901820"));
        assert_eq!(phone("(202) 555-0173", Some("us")).as_deref(), Some("+12025550173"));
        assert_eq!(phone("030 901820", None), None);
        assert_eq!(phone("030 901820", Some("Germany")), None);
    }

    #[test]
    fn double_zero_and_a_missing_plus_are_tried_when_the_plain_reading_fails() {
        assert_eq!(phone("0032456001122", Some("US")).as_deref(), Some("+32456001122"));
        assert_eq!(phone("32456001122", Some("US")).as_deref(), Some("+32456001122"));
        assert_eq!(phone("+0032456001122", Some("US")).as_deref(), Some("+32456001122"));
        assert_eq!(phone("00 49 (0)30 901820", None).as_deref(), Some("+4930901820"));
    }

    #[test]
    fn what_is_no_valid_number_has_no_normal_form() {
        for text in [
            "123456789",
            "",
            "+",
            "00",
            "n/a",
            "0000000000",
            "call me",
            "+1 555",
            ";phone-context=+1tel:5",
            "tel:;phone-context=",
        ] {
            assert_eq!(phone(text, Some("US")), None, "{text}");
        }
    }

    #[test]
    fn the_extension_and_the_words_around_a_number_are_dropped() {
        for text in [
            "+1 202-555-0173 ext. 12",
            "tel:+1-202-555-0173;ext=12",
            "Office: (202) 555-0173 x12",
            "２０２ ５５５ ０１７３",
        ] {
            assert_eq!(phone(text, Some("US")).as_deref(), Some("+12025550173"), "{text}");
        }
    }

    #[test]
    fn of_several_numbers_the_first_valid_one_counts() {
        for text in [
            "030 901820 / 0171 1234567",
            "030/901820",
            "030 901820, 030 12345678",
            "x1; 030 901820",
            "030 901820 oder 0171 1234567",
        ] {
            assert_eq!(phone(text, Some("DE")).as_deref(), Some("+4930901820"), "{text}");
        }
    }
}
