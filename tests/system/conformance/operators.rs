//! The operators of expectations, each named `~…`.

use super::expect::{Checker, differs, shown};
use super::keyed;
use super::same::{Quantity, quantity, time};
use super::view;
use chrono::{DateTime, TimeDelta, Utc};
use regex::Regex;
use serde_json::Value;

/// How far back a recent time lies at most.
const RECENT: TimeDelta = TimeDelta::minutes(2);

/// Why the operator does not hold; empty when it does.
pub fn differences(checker: &Checker<'_>, at: &str, operator: &str, argument: &Value, actual: &Value) -> Vec<String> {
    let outcome = match operator {
        "~set" => return set(checker, at, list(argument), actual),
        "~contains" => missing(checker, argument, actual).map(|missing| match missing {
            Some(part) => Err(format!("{} is not in {}", shown(&part), shown(actual))),
            None => Ok(()),
        }),
        "~lacks" => present(checker, argument, actual).map(|present| match present {
            Some(part) => Err(format!("{} is in {}", shown(&part), shown(actual))),
            None => Ok(()),
        }),
        "~any" => Ok(any(checker, list(argument), actual)),
        "~all" => {
            return list(argument)
                .iter()
                .flat_map(|one| checker.differences(at, one, actual))
                .collect();
        }
        "~not" => Ok(not(checker, argument, actual)),
        "~gt" => compare(checker, argument, actual, "more than", |difference| difference > 0.0),
        "~gte" => compare(checker, argument, actual, "at least", |difference| difference >= 0.0),
        "~lt" => compare(checker, argument, actual, "less than", |difference| difference < 0.0),
        "~lte" => compare(checker, argument, actual, "at most", |difference| difference <= 0.0),
        "~near" => near(checker, list(argument), actual),
        "~present" => Ok(flag(argument, !view::is_empty(actual), "present", actual)),
        "~recent" => Ok(flag(argument, is_recent(actual, now()), "recent", actual)),
        "~count" => return checker.differences(&format!("{at} (count)"), argument, &elements(actual).len().into()),
        "~each" => return each(checker, at, argument, actual),
        "~pattern" => pattern(checker, argument, actual),
        "~by" => return keyed::by(checker, at, argument, actual),
        "~order" => return keyed::order(checker, at, argument, actual),
        other => Err(format!("{other} is no operator")),
    };
    match outcome {
        Ok(Ok(())) => Vec::new(),
        Ok(Err(problem)) | Err(problem) => vec![format!("{at}: {problem}")],
    }
}

/// The elements of a list, or the values of a map.
pub fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(object) => view::fields(object).map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn list(argument: &Value) -> &[Value] {
    argument
        .as_array()
        .map_or(std::slice::from_ref(argument), Vec::as_slice)
}

/// Exactly these, in any order: each expected one is given an element of its own, for which others may have to move.
fn set(checker: &Checker<'_>, at: &str, expected: &[Value], actual: &Value) -> Vec<String> {
    let items = elements(actual);
    if items.len() != expected.len() {
        return vec![format!(
            "{at}: expected {} elements, got {}: {}",
            expected.len(),
            items.len(),
            shown(actual)
        )];
    }
    let fits: Vec<Vec<usize>> = expected
        .iter()
        .map(|one| {
            (0..items.len())
                .filter(|index| checker.holds(one, items[*index]))
                .collect()
        })
        .collect();
    let mut owner = vec![None; items.len()];
    let lonely = (0..expected.len()).filter(|one| !place(*one, &fits, &mut owner, &mut vec![false; items.len()]));
    lonely
        .map(|one| format!("{at}: no element is {} in {}", shown(&expected[one]), shown(actual)))
        .collect()
}

fn place(one: usize, fits: &[Vec<usize>], owner: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &index in &fits[one] {
        if std::mem::replace(&mut tried[index], true) {
            continue;
        }
        if owner[index].is_none_or(|other| place(other, fits, owner, tried)) {
            owner[index] = Some(one);
            return true;
        }
    }
    false
}

/// One thing is part of a text, or matches an element of a list.
fn contains(checker: &Checker<'_>, part: &Value, actual: &Value) -> Result<bool, String> {
    match actual {
        Value::String(text) => Ok(text.contains(&checker.text(part)?)),
        other => Ok(elements(other).into_iter().any(|element| checker.holds(part, element))),
    }
}

fn missing(checker: &Checker<'_>, parts: &Value, actual: &Value) -> Result<Option<Value>, String> {
    for part in list(parts) {
        if !contains(checker, part, actual)? {
            return Ok(Some(part.clone()));
        }
    }
    Ok(None)
}

fn present(checker: &Checker<'_>, parts: &Value, actual: &Value) -> Result<Option<Value>, String> {
    for part in list(parts) {
        if contains(checker, part, actual)? {
            return Ok(Some(part.clone()));
        }
    }
    Ok(None)
}

fn any(checker: &Checker<'_>, expected: &[Value], actual: &Value) -> Result<(), String> {
    if expected.iter().any(|one| checker.holds(one, actual)) {
        return Ok(());
    }
    Err(format!("{} is none of {}", shown(actual), shown(&expected.into())))
}

fn not(checker: &Checker<'_>, expected: &Value, actual: &Value) -> Result<(), String> {
    // What cannot be resolved does not differ, it is a mistake.
    if let Value::String(text) = expected {
        checker.text(&Value::from(text.as_str()))?;
    }
    if checker.holds(expected, actual) {
        return Err(format!("is {}, which it must not be", shown(actual)));
    }
    Ok(())
}

fn compare(
    checker: &Checker<'_>,
    limit: &Value,
    actual: &Value,
    words: &str,
    holds: impl Fn(f64) -> bool,
) -> Result<Result<(), String>, String> {
    let limit = checker.value(limit)?;
    let difference = quantities(actual, &limit).and_then(|(actual, limit)| actual.minus(limit));
    Ok(match difference {
        Some(difference) if holds(difference) => Ok(()),
        _ => Err(format!("expected {words} {}, got {}", shown(&limit), shown(actual))),
    })
}

fn near(checker: &Checker<'_>, argument: &[Value], actual: &Value) -> Result<Result<(), String>, String> {
    let [centre, distance] = argument else {
        return Err("~near takes a value and a distance".to_owned());
    };
    let (centre, distance) = (checker.value(centre)?, distance.as_f64().unwrap_or_default());
    let difference = quantities(actual, &centre).and_then(|(actual, centre)| actual.minus(centre));
    // Two sums of the same parts differ in their last digit.
    let holds = difference.is_some_and(|difference| difference.abs() <= distance + f64::EPSILON);
    Ok(if holds {
        Ok(())
    } else {
        Err(format!(
            "expected {} to within {distance}, got {}",
            shown(&centre),
            shown(actual)
        ))
    })
}

fn quantities(one: &Value, other: &Value) -> Option<(Quantity, Quantity)> {
    quantity(one).zip(quantity(other))
}

fn flag(wanted: &Value, is: bool, word: &str, actual: &Value) -> Result<(), String> {
    let wanted = wanted.as_bool().unwrap_or(true);
    if is == wanted {
        return Ok(());
    }
    let not = if wanted { "not " } else { "" };
    Err(format!("{} is {not}{word}", shown(actual)))
}

fn is_recent(value: &Value, now: DateTime<Utc>) -> bool {
    let time = value.as_str().and_then(time);
    // The clock of the database may be a little ahead.
    time.is_some_and(|time| now - time <= RECENT && time - now <= TimeDelta::seconds(10))
}

fn each(checker: &Checker<'_>, at: &str, expected: &Value, actual: &Value) -> Vec<String> {
    if !(actual.is_null() || actual.is_array() || actual.is_object()) {
        return vec![differs(at, expected, actual)];
    }
    let elements = elements(actual).into_iter().enumerate();
    elements
        .flat_map(|(index, element)| checker.differences(&format!("{at}.{index}"), expected, element))
        .collect()
}

fn pattern(checker: &Checker<'_>, pattern: &Value, actual: &Value) -> Result<Result<(), String>, String> {
    let pattern = match pattern {
        Value::String(text) => text.clone(),
        other => checker.text(other)?,
    };
    let regex = Regex::new(&pattern).map_err(|error| error.to_string())?;
    let text = actual.as_str().map_or_else(|| shown(actual), str::to_owned);
    Ok(if regex.is_match(&text) {
        Ok(())
    } else {
        Err(format!("{} does not match {pattern}", shown(actual)))
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "whether a time is recent can only be said by the clock"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
#[path = "operators_tests.rs"]
mod tests;
