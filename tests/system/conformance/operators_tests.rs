use super::*;
use crate::conformance::names::Names;
use crate::conformance::seen::{Kind, Seen};
use serde_json::json;

/// `expected` against `actual`, with `$a` and `$b` being ids.
fn wrong(expected: &Value, actual: &Value) -> Vec<String> {
    let mut names = Names::default();
    names.fixture("a", Kind::Lead, "id-of-a");
    names.fixture("b", Kind::Lead, "id-of-b");
    names.capture("s", json!({"score": 0.5, "time": "2027-03-01T10:00:00Z"}));
    let seen = Seen::default();
    let checker = Checker {
        names: &names,
        seen: &seen,
    };
    checker.differences("x", expected, actual)
}

/// The operator lets each of `good` through and none of `bad`.
#[track_caller]
fn separates(expected: Value, good: &[Value], bad: &[Value]) {
    for actual in good {
        assert_eq!(wrong(&expected, actual), Vec::<String>::new());
    }
    for actual in bad {
        assert!(!wrong(&expected, actual).is_empty(), "{expected} holds for {actual}");
    }
}

#[test]
fn a_set_is_exactly_these_in_any_order() {
    separates(
        json!({"~set": ["$a", "$b"]}),
        &[json!(["id-of-b", "id-of-a"])],
        &[
            json!(["id-of-a"]),
            json!(["id-of-a", "id-of-a"]),
            json!(["id-of-a", "id-of-b", "c"]),
            json!(null),
        ],
    );
    // The wide expectation must leave the element that only the narrow one can take.
    separates(
        json!({"~set": [{"k": 1}, {"k": 1, "v": 2}]}),
        &[
            json!([{"k": 1, "v": 2}, {"k": 1, "v": 3}]),
            json!([{"k": 1}, {"k": 1, "v": 2}]),
        ],
        &[json!([{"k": 1, "v": 3}, {"k": 1, "v": 3}])],
    );
    separates(json!({"~set": []}), &[json!([]), json!(null)], &[json!([1])]);
}

#[test]
fn contains_is_part_of_a_text_or_an_element_of_a_list() {
    separates(
        json!({"~contains": ["teal", "red"]}),
        &[json!("teal and red"), json!(["red", "blue", "teal"])],
        &[json!("teal"), json!(["red"]), json!(null), json!([["teal", "red"]])],
    );
    separates(
        json!({"~contains": {"key": "EMAIL"}}),
        &[json!([{"key": "PHONE"}, {"key": "EMAIL", "weight": 2}])],
        &[json!([{"key": "PHONE"}]), json!([])],
    );
    separates(json!({"~contains": "$a"}), &[json!("see id-of-a")], &[json!("see a")]);
}

#[test]
fn lacks_is_the_opposite_of_contains() {
    separates(
        json!({"~lacks": "x"}),
        &[json!("abc"), json!(["y"]), json!(null)],
        &[json!("axc"), json!(["x"])],
    );
    separates(
        json!({"~lacks": ["x", "y"]}),
        &[json!(["z"])],
        &[json!(["x", "z"]), json!(["x", "y"])],
    );
}

#[test]
fn any_all_and_not_combine() {
    separates(
        json!({"~any": [1, {"~gt": 5}]}),
        &[json!(1), json!(6)],
        &[json!(3), json!(null)],
    );
    separates(
        json!({"~all": [{"~gt": 1}, {"~lt": 5}]}),
        &[json!(3)],
        &[json!(1), json!(5)],
    );
    separates(
        json!({"~not": "STRONG"}),
        &[json!("POSSIBLE"), json!(null)],
        &[json!("STRONG")],
    );
    separates(json!({"~not": "$a"}), &[json!("id-of-b")], &[json!("id-of-a")]);
    separates(json!({"~not": "$nobody"}), &[], &[json!("id-of-a")]);
    separates(json!({"~not": {"k": 1}}), &[json!({"k": 2})], &[json!({"k": 1})]);
}

#[test]
fn limits_are_for_numbers_and_for_times() {
    separates(
        json!({"~gt": 5}),
        &[json!(5.1), json!("6")],
        &[json!(5), json!(4), json!("x"), json!(null)],
    );
    separates(json!({"~gte": 5}), &[json!(5), json!(6)], &[json!(4.9)]);
    separates(json!({"~lt": 5}), &[json!(4.9)], &[json!(5), json!(null)]);
    separates(json!({"~lte": 5}), &[json!(5)], &[json!(5.1)]);
    separates(
        json!({"~gt": "$s.time"}),
        &[json!("2027-03-01T10:00:00.001Z")],
        &[json!("2027-03-01T10:00:00Z"), json!("2027-03-01T09:59:59Z"), json!(7)],
    );
    separates(json!({"~gt": "$s.score"}), &[json!(0.6)], &[json!(0.5)]);
    separates(json!({"~gt": 1, "~lt": 3}), &[json!(2)], &[json!(1), json!(3)]);
}

#[test]
fn near_is_not_further_than_the_distance() {
    separates(
        json!({"~near": ["$s.score", 0.1]}),
        &[json!(0.6), json!(0.4), json!(0.5)],
        &[json!(0.61), json!(null), json!("x")],
    );
    separates(
        json!({"~near": ["$s.time", 60]}),
        &[json!("2027-03-01T10:00:59Z")],
        &[json!("2027-03-01T10:01:01Z")],
    );
    separates(json!({"~near": [1]}), &[], &[json!(1)]);
}

#[test]
fn present_is_not_empty() {
    let empty = [json!(null), json!(""), json!(0), json!([]), json!({})];
    let full = [json!("x"), json!(1), json!([0]), json!({"a": 1})];
    separates(json!({"~present": true}), &full, &empty);
    separates(json!({"~present": false}), &empty, &full);
}

#[test]
fn recent_is_within_the_last_two_minutes() {
    let ago = |seconds: i64| json!((now() - TimeDelta::seconds(seconds)).to_rfc3339());
    separates(
        json!({"~recent": true}),
        &[ago(0), ago(110)],
        &[ago(130), ago(-60), json!(null), json!("x")],
    );
    separates(json!({"~recent": false}), &[ago(130), json!(null)], &[ago(1)]);
}

#[test]
fn count_and_each_look_at_all_elements() {
    separates(
        json!({"~count": 2}),
        &[json!([1, 2]), json!({"a": 1, "b": 2})],
        &[json!([1]), json!(null)],
    );
    separates(json!({"~count": 0}), &[json!([]), json!(null)], &[json!([1])]);
    separates(json!({"~count": {"~gte": 2}}), &[json!([1, 2, 3])], &[json!([1])]);
    separates(
        json!({"~each": {"state": "DONE"}}),
        &[
            json!([{"state": "DONE"}, {"state": "DONE"}]),
            json!([]),
            json!({"a": {"state": "DONE"}}),
        ],
        &[
            json!([{"state": "DONE"}, {"state": "LEFT"}]),
            json!([{}]),
            json!("DONE"),
        ],
    );
}

#[test]
fn a_pattern_is_looked_for_in_the_text() {
    separates(
        json!({"~pattern": "^[0-9a-f]{4}$"}),
        &[json!("00ff")],
        &[json!("00fg"), json!("x00ff"), json!(null)],
    );
    separates(json!({"~pattern": "("}), &[], &[json!("(")]);
}

#[test]
fn by_looks_at_elements_by_their_key() {
    let list = json!([{"lead": {"id": "id-of-a"}, "n": 1}, {"lead": {"id": "id-of-b"}, "n": 2}]);
    let by = |argument: Value| json!({"~by": argument});
    let good = [
        json!({"key": "lead.id", "items": {"$a": {"n": 1}}}),
        json!({"key": "lead.id", "items": {"$a": {}, "$b": {"n": 2}}, "only": true}),
        json!({"key": "lead.id", "items": {}, "absent": ["c"]}),
    ];
    for argument in good {
        separates(by(argument), std::slice::from_ref(&list), &[]);
    }
    let bad = [
        json!({"key": "lead.id", "items": {"$a": {"n": 2}}}),
        json!({"key": "lead.id", "items": {"c": {}}}),
        json!({"key": "lead.id", "items": {"$a": {}}, "only": true}),
        json!({"key": "lead.id", "items": {}, "absent": ["$b"]}),
        json!({"key": "lead.id", "itemz": {}}),
        json!({"key": "lead.id", "items": {"$nobody": {}}}),
    ];
    for argument in bad {
        separates(by(argument), &[], std::slice::from_ref(&list));
    }
    separates(by(json!({"key": "id", "items": {"x": {}}})), &[], &[json!(null)]);
}

#[test]
fn order_is_the_order_of_these_elements() {
    let order = json!({"~order": {"key": "id", "items": ["$b", "$a"]}});
    separates(
        order,
        &[json!([{"id": "id-of-b"}, {"id": "c"}, {"id": "id-of-a"}])],
        &[
            json!([{"id": "id-of-a"}, {"id": "id-of-b"}]),
            json!([{"id": "id-of-b"}]),
            json!(null),
        ],
    );
}

#[test]
fn an_operator_that_nobody_knows_never_holds() {
    separates(json!({"~like": "x"}), &[], &[json!("x"), json!(null)]);
}
