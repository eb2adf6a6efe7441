//! Numbers and days as people write them.

use chrono::NaiveDate;
use opportune_contract::google::r#type::{Date, Money};

const NANO_DIGITS: usize = 9;

/// An amount such as `1.234,50 €`, `$1,234.50`, `1 234`, `12'000` or `1200 SEK`; the currency is that of its sign or code.
///
/// # Errors
/// What is wrong, in words.
pub fn money(text: &str) -> Result<Money, String> {
    let mut currency = String::new();
    let mut digits = text.trim().to_owned();
    for (sign, code) in [
        ("€", "EUR"),
        ("£", "GBP"),
        ("US$", "USD"),
        ("R$", "BRL"),
        ("$", "USD"),
        ("zł", "PLN"),
    ] {
        if digits.contains(sign) {
            currency = code.to_owned();
            digits = digits.replace(sign, "");
            break;
        }
    }
    let letters: String = digits.chars().filter(char::is_ascii_alphabetic).collect();
    if letters.len() == 3 && (digits.starts_with(&letters) || digits.ends_with(&letters)) {
        digits = digits.replace(&letters, "");
        currency = letters.to_ascii_uppercase();
    }
    let (negative, whole, fraction) = decimal(&digits)?;
    if fraction.len() > NANO_DIGITS {
        return Err(format!("has more than {NANO_DIGITS} digits behind the point"));
    }
    let units: i64 = whole.parse().map_err(|_| "is too large".to_owned())?;
    let nanos: i32 = format!("{fraction:0<NANO_DIGITS$}")
        .parse()
        .map_err(|_| "is not a number".to_owned())?;
    let sign = if negative { -1 } else { 1 };
    Ok(Money {
        currency_code: currency,
        units: units * i64::from(sign),
        nanos: nanos * sign,
    })
}

/// A number such as `12,5`, `40 %` or `1.200`.
///
/// # Errors
/// What is wrong, in words.
pub fn number(text: &str) -> Result<f64, String> {
    let (negative, whole, fraction) = decimal(text.trim().trim_end_matches('%'))?;
    let value: f64 = format!("{whole}.{fraction}0")
        .parse()
        .map_err(|_| "is not a number".to_owned())?;
    Ok(if negative { -value } else { value })
}

/// A whole number.
///
/// # Errors
/// What is wrong, in words.
pub fn whole(text: &str) -> Result<i32, String> {
    text.trim().parse().map_err(|_| "is not a whole number".to_owned())
}

/// Sign, digits before and digits behind the decimal point. A single comma or point is taken for the decimal one
/// unless exactly three digits follow it and one to three other than 0 stand before it.
fn decimal(text: &str) -> Result<(bool, String, String), String> {
    let not_a_number = || "is not a number".to_owned();
    let mut text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’'))
        .collect();
    let negative = text.starts_with('-');
    if negative || text.starts_with('+') {
        text.remove(0);
    }
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.') {
        return Err(not_a_number());
    }
    let (whole, fraction) = match decimal_point(&text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text.as_str(), ""),
    };
    if !is_grouped(whole) {
        return Err(not_a_number());
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole = if whole.is_empty() { "0".to_owned() } else { whole };
    if fraction.chars().all(|c| c.is_ascii_digit()) {
        Ok((negative, whole, fraction.to_owned()))
    } else {
        Err(not_a_number())
    }
}

/// No separators at all, or one before every three digits.
fn is_grouped(whole: &str) -> bool {
    let mut groups = whole.split([',', '.']);
    let first = groups.next().unwrap_or_default();
    let mut others = groups.peekable();
    others.peek().is_none() || ((1..=3).contains(&first.len()) && others.all(|group| group.len() == 3))
}

fn decimal_point(text: &str) -> Option<usize> {
    let last = text.rfind([',', '.'])?;
    let sign = text.as_bytes()[last];
    let same = text.bytes().filter(|byte| *byte == sign).count();
    let other = text.bytes().any(|byte| matches!(byte, b',' | b'.') && byte != sign);
    let groups_thousands =
        same > 1 || (!other && text.len() - last - 1 == 3 && (1..=3).contains(&last) && !text.starts_with('0'));
    (!groups_thousands).then_some(last)
}

/// A day such as 2027-05-31, 31.5.2027, 31-05-2027, or 31/05/2027 where that can be only one day.
///
/// # Errors
/// What is wrong, in words.
pub fn day(text: &str) -> Result<Date, String> {
    let text = text.trim().split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<i32> = text
        .split(['-', '.', '/'])
        .map_while(|part| part.parse().ok())
        .collect();
    let [first, second, third] = parts[..] else {
        return Err("is not a day such as 2027-05-31".to_owned());
    };
    let (year, month, day) = match (first > 31, text.contains('/')) {
        (true, _) => (first, second, third),
        (false, true) if first <= 12 && second <= 12 && first != second => {
            return Err("may be one of two days; write it as 2027-05-31".to_owned());
        }
        (false, true) if second > 12 => (third, first, second),
        (false, _) => (third, second, first),
    };
    let exists = u32::try_from(month).ok().zip(u32::try_from(day).ok());
    match exists.and_then(|(month, day)| NaiveDate::from_ymd_opt(year, month, day)) {
        Some(_) if year >= 1_000 => Ok(Date { year, month, day }),
        _ => Err("is no day of the calendar".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let cases = [
            ("1.234,50 €", "EUR", 1_234, 500_000_000),
            ("$1,234.5", "USD", 1_234, 500_000_000),
            ("1 234", "", 1_234, 0),
            ("12'000", "", 12_000, 0),
            ("1200 SEK", "SEK", 1_200, 0),
            ("12.500", "", 12_500, 0),
            ("0.125", "", 0, 125_000_000),
            ("-3,5", "", -3, -500_000_000),
            ("1.234.567", "", 1_234_567, 0),
        ];
        for (text, currency, units, nanos) in cases {
            let expected = Money {
                currency_code: currency.to_owned(),
                units,
                nanos,
            };
            assert_eq!(money(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["a lot", "", "12,50,1.2", "--1", "1.0000000001", "99999999999999999999"] {
            assert!(money(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_read_where_they_can_be_only_one() {
        let expected = Ok(Date {
            year: 2027,
            month: 5,
            day: 31,
        });
        for text in [
            "2027-05-31",
            "31.5.2027",
            "31-05-2027",
            "31/05/2027",
            "05/31/2027",
            "2027-05-31T10:00:00Z",
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
        assert!(day("04/05/2027").unwrap_err().contains("two days"));
        assert!(day("2027-02-30").unwrap_err().contains("no day"));
        assert!(day("soon").is_err());
    }
}
