//! When two single values are the same: numbers approximately, 64-bit numbers and their text, times and their day.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Number, Value};

/// Numbers that are not further apart are the same.
const NEAR: f64 = 1e-6;

/// A value on a scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// A number, or a duration in seconds.
    Number(f64),
    /// A moment.
    Time(DateTime<Utc>),
}

/// The expected scalar is the actual one.
pub fn is_same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => numbers(expected, actual),
        (Value::String(expected), Value::String(actual)) => expected == actual || same_time(expected, actual),
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            number_of(text).is_some_and(|written| near(written, number.as_f64()))
        }
        (expected, actual) => expected == actual,
    }
}

/// The place of a value on its scale; none when it has none.
pub fn quantity(value: &Value) -> Option<Quantity> {
    match value {
        Value::Number(number) => number.as_f64().map(Quantity::Number),
        Value::String(text) => time(text)
            .or_else(|| day(text).and_then(midnight))
            .map(Quantity::Time)
            .or_else(|| number_of(text).map(Quantity::Number)),
        _ => None,
    }
}

impl Quantity {
    /// How far from another one, in its unit or in seconds; none when they are on different scales.
    pub fn minus(self, other: Self) -> Option<f64> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Some(one - other),
            (Self::Time(one), Self::Time(other)) => Some((one - other).as_seconds_f64()),
            _ => None,
        }
    }
}

/// The moment that a text names.
pub fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

fn numbers(expected: &Number, actual: &Number) -> bool {
    // Large ones differ in digits that a float does not have.
    match (expected.as_i64(), actual.as_i64()) {
        (Some(expected), Some(actual)) => expected == actual,
        _ => expected
            .as_f64()
            .is_some_and(|expected| near(expected, actual.as_f64())),
    }
}

fn near(one: f64, other: Option<f64>) -> bool {
    other.is_some_and(|other| (one - other).abs() <= NEAR)
}

/// The number that a text is, also as a duration such as `86400s`.
fn number_of(text: &str) -> Option<f64> {
    let digits = text.strip_suffix('s').unwrap_or(text);
    digits.parse().ok().filter(|number: &f64| number.is_finite())
}

fn same_time(expected: &str, actual: &str) -> bool {
    let Some(actual) = time(actual) else {
        return false;
    };
    match day(expected) {
        Some(day) => actual.date_naive() == day,
        None => time(expected) == Some(actual),
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.and_hms_opt(0, 0, 0).map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_the_same_approximately_and_as_text() {
        for (one, other) in [
            (json!(0.1), json!(0.1000001)),
            (json!(500), json!("500")),
            (json!("500"), json!(500)),
            (json!(40), json!(40.0)),
            (json!("86400s"), json!(86400.0)),
        ] {
            assert!(is_same(&one, &other), "{one} {other}");
        }
        for (one, other) in [
            (json!(0.1), json!(0.1001)),
            (json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992_i64)),
            (json!(1), json!(true)),
            (json!(0), json!("")),
            (json!("1"), json!("1.0")),
        ] {
            assert!(!is_same(&one, &other), "{one} {other}");
        }
    }

    #[test]
    fn times_are_the_same_moment_and_a_date_is_the_day() {
        let time = json!("2027-03-01T10:30:00.500Z");
        assert!(is_same(&json!("2027-03-01"), &time));
        assert!(is_same(&json!("2027-03-01T10:30:00.5+00:00"), &time));
        assert!(!is_same(&json!("2027-03-02"), &time));
        assert!(!is_same(&json!("2027-03-01T10:30:00Z"), &time));
        assert!(is_same(&json!("2027-03-01"), &json!("2027-03-01")));
    }

    #[test]
    fn only_what_is_on_one_scale_can_be_compared() {
        let (early, late) = (
            quantity(&json!("2027-03-01")),
            quantity(&json!("2027-03-01T00:00:01.25Z")),
        );
        assert_eq!(late.unwrap().minus(early.unwrap()), Some(1.25));
        assert_eq!(quantity(&json!(3)).unwrap().minus(early.unwrap()), None);
        assert_eq!(quantity(&json!("soon")), None);
        assert_eq!(quantity(&Value::Null), None);
    }
}
