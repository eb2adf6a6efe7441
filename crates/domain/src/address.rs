//! A postal address: six parts that belong together (rules 5.6 and 7.4 treat them as one).

use crate::normal;
use serde::{Deserialize, Serialize};

/// A postal address as it was given; an empty part is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and house number.
    pub street: String,
    /// Building, floor, care of.
    pub street2: String,
    /// City.
    pub city: String,
    /// State, province or region.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2, upper case, or empty.
    pub country: String,
}

impl Address {
    /// All six parts are empty.
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|part| part.is_empty())
    }

    /// The six parts in their usual order.
    pub fn parts(&self) -> [&str; 6] {
        [
            &self.street,
            &self.street2,
            &self.city,
            &self.state,
            &self.postal_code,
            &self.country,
        ]
    }

    /// One line for people: the parts that are there.
    pub fn one_line(&self) -> String {
        self.parts()
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// The same place, as far as the normal forms can tell (rules 3.2).
pub fn same_place(a: &Address, b: &Address) -> bool {
    match (form(a), form(b)) {
        (Some(a), Some(b)) => normal::same_address(&a, &b),
        _ => false,
    }
}

fn form(address: &Address) -> Option<normal::AddressForm> {
    normal::address(
        &address.street,
        &address.street2,
        &address.city,
        &address.postal_code,
        &address.country,
    )
}
