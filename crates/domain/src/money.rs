//! An amount of money.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An amount in one currency. Amounts of different currencies are never added or compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// ISO 4217, three upper-case letters, or empty when the caller named none.
    pub currency: String,
    /// The amount; at most nine digits after the point.
    pub amount: Decimal,
}
