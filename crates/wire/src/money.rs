//! Money: whole units and billionths on the wire, one decimal number inside.

use opportune_contract::google::r#type::Money as Message;
use opportune_domain::money::Money;
use opportune_domain::refusal::Refusal;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const NANOS: i32 = 1_000_000_000;
const NANO_DIGITS: u32 = 9;

/// An amount as a message.
pub fn money(money: &Money) -> Message {
    let units = money.amount.trunc();
    let nanos = (money.amount.fract() * Decimal::from(NANOS)).trunc();
    // What came through `parse_money` always fits; a sum of such amounts that does not is cut to what can be said.
    let most = if units.is_sign_negative() { i64::MIN } else { i64::MAX };
    Message {
        currency_code: money.currency.clone(),
        units: units.to_i64().unwrap_or(most),
        nanos: nanos.to_i32().unwrap_or_default(),
    }
}

/// The amount that a field holds.
///
/// # Errors
/// `FIELD_INVALID` naming `field.currency_code` when that is neither empty nor three upper-case letters, and
/// `field.nanos` when it is a unit or more, or of another sign than the units.
pub fn parse_money(field: &str, message: &Message) -> Result<Money, Refusal> {
    let code = &message.currency_code;
    let well_formed = code.is_empty() || (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()));
    if !well_formed {
        return Err(Refusal::field(
            &format!("{field}.currency_code"),
            "is not an ISO 4217 code in upper case",
        ));
    }
    let Message { units, nanos, .. } = *message;
    if !(-NANOS < nanos && nanos < NANOS) {
        return Err(Refusal::field(
            &format!("{field}.nanos"),
            "must be between -999999999 and 999999999",
        ));
    }
    if (units > 0 && nanos < 0) || (units < 0 && nanos > 0) {
        return Err(Refusal::field(
            &format!("{field}.nanos"),
            "must have the sign of the units",
        ));
    }
    let amount = Decimal::from(units) + Decimal::new(i64::from(nanos), NANO_DIGITS);
    Ok(Money {
        currency: code.clone(),
        amount: amount.normalize(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(currency: &str, units: i64, nanos: i32) -> Message {
        Message {
            currency_code: currency.to_owned(),
            units,
            nanos,
        }
    }

    proptest! {
        #[test]
        fn an_amount_comes_back_as_it_was(units: i64, nanos in 0..NANOS, currency in "([A-Z]{3})?") {
            let nanos = if units < 0 { -nanos } else { nanos };
            let sent = message(&currency, units, nanos);
            prop_assert_eq!(money(&parse_money("expected_revenue", &sent).unwrap()), sent);
        }
    }

    #[test]
    fn less_than_a_unit_may_be_negative() {
        let parsed = parse_money("expected_revenue", &message("EUR", 0, -500_000_000)).unwrap();
        assert_eq!(parsed.amount, Decimal::new(-5, 1));
        assert_eq!(money(&parsed), message("EUR", 0, -500_000_000));
    }

    #[test]
    fn units_and_nanos_of_different_signs_are_refused() {
        for (units, nanos) in [(1, -1), (-1, 1), (0, NANOS), (0, -NANOS)] {
            let refusal = parse_money("expected_revenue", &message("EUR", units, nanos)).unwrap_err();
            assert_eq!(refusal.violations[0].field, "expected_revenue.nanos");
        }
    }

    #[test]
    fn a_currency_that_is_none_is_refused_by_name() {
        for code in ["eur", "EURO", "E1R", "É"] {
            let refusal = parse_money("expected_revenue", &message(code, 1, 0)).unwrap_err();
            assert_eq!(refusal.violations[0].field, "expected_revenue.currency_code");
        }
    }
}
