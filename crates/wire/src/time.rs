//! Times, spans and days.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use opportune_contract::google::r#type::Date;
use opportune_domain::refusal::Refusal;
use prost_types::{Duration as Span, Timestamp};
use std::time::Duration;

const NANOS: i32 = 1_000_000_000;
/// The years 1 to 9999 of a proto timestamp, in seconds since 1970.
const EARLIEST: i64 = -62_135_596_800;
const LATEST: i64 = 253_402_300_799;
/// The longest proto duration, about 10,000 years, in seconds.
const LONGEST: i64 = 315_576_000_000;

/// A time as a message.
pub fn timestamp(time: DateTime<Utc>) -> Timestamp {
    // A leap second has more than a second's worth of nanoseconds in chrono.
    let nanos = time.timestamp_subsec_nanos().min(999_999_999).cast_signed();
    Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}

/// The time that a field holds.
///
/// # Errors
/// `FIELD_INVALID` naming the field when it lies outside the years 1 to 9999 or its nanoseconds outside a second.
pub fn parse_timestamp(field: &str, time: &Timestamp) -> Result<DateTime<Utc>, Refusal> {
    let in_range = (EARLIEST..=LATEST).contains(&time.seconds) && (0..NANOS).contains(&time.nanos);
    in_range
        .then(|| DateTime::from_timestamp(time.seconds, time.nanos.cast_unsigned()))
        .flatten()
        .ok_or_else(|| Refusal::field(field, "is not a time between the years 1 and 9999"))
}

/// A span as a message.
pub fn duration(span: Duration) -> Span {
    let seconds = i64::try_from(span.as_secs()).unwrap_or(LONGEST).min(LONGEST);
    Span {
        seconds,
        nanos: span.subsec_nanos().cast_signed(),
    }
}

/// The span that a field holds; none is negative.
///
/// # Errors
/// `FIELD_INVALID` naming the field when it is negative or malformed.
pub fn parse_duration(field: &str, span: &Span) -> Result<Duration, Refusal> {
    let in_range = (0..=LONGEST).contains(&span.seconds) && (0..NANOS).contains(&span.nanos);
    if in_range {
        Ok(Duration::new(span.seconds.cast_unsigned(), span.nanos.cast_unsigned()))
    } else {
        Err(Refusal::field(field, "is not a duration of zero or more"))
    }
}

/// A day as a message.
pub fn date(day: NaiveDate) -> Date {
    Date {
        year: day.year(),
        month: day.month().cast_signed(),
        day: day.day().cast_signed(),
    }
}

/// The day that a field holds.
///
/// # Errors
/// `FIELD_INVALID` naming the field when there is no such day, or it is only a month or a year.
pub fn parse_date(field: &str, date: &Date) -> Result<NaiveDate, Refusal> {
    let day = match (u32::try_from(date.month), u32::try_from(date.day)) {
        (Ok(month), Ok(day)) if (1..=9999).contains(&date.year) => NaiveDate::from_ymd_opt(date.year, month, day),
        _ => None,
    };
    day.ok_or_else(|| Refusal::field(field, "is not a day of the calendar"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_comes_back_as_it_was(seconds in EARLIEST..=LATEST, nanos in 0..NANOS) {
            let sent = Timestamp { seconds, nanos };
            prop_assert_eq!(timestamp(parse_timestamp("t", &sent).unwrap()), sent);
        }

        #[test]
        fn a_span_comes_back_as_it_was(seconds in 0..=LONGEST, nanos in 0..NANOS) {
            let sent = Span { seconds, nanos };
            prop_assert_eq!(duration(parse_duration("d", &sent).unwrap()), sent);
        }

        #[test]
        fn a_day_comes_back_as_it_was(days in 1..3_652_059_i32) {
            let day = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
            prop_assert_eq!(parse_date("day", &date(day)).unwrap(), day);
        }
    }

    #[test]
    fn times_out_of_range_are_refused() {
        for (seconds, nanos) in [(EARLIEST - 1, 0), (LATEST + 1, 0), (0, -1), (0, NANOS)] {
            assert!(parse_timestamp("updated_after", &Timestamp { seconds, nanos }).is_err());
        }
    }

    #[test]
    fn negative_and_malformed_spans_are_refused() {
        for (seconds, nanos) in [(-1, 0), (0, -1), (0, NANOS), (LONGEST + 1, 0)] {
            assert!(parse_duration("wait", &Span { seconds, nanos }).is_err());
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for (year, month, day) in [
            (2026, 2, 29),
            (2026, 13, 1),
            (2026, 0, 1),
            (0, 1, 1),
            (10_000, 1, 1),
            (2026, 1, -1),
        ] {
            assert!(parse_date("expected_close_date", &Date { year, month, day }).is_err());
        }
    }
}
