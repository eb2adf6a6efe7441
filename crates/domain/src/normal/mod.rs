//! Normal forms of what people type (rules 2): they serve matching only, the raw text stays as it came.
//!
//! Nothing here fails: text that cannot be read has no normal form. Input is cut to [`fold::MAX_CHARS`] first, so every
//! function ends soon whatever it is given.

pub mod address;
mod align;
pub mod company;
mod display_name;
pub mod email;
pub mod fold;
mod host;
pub mod lists;
pub mod person;
pub mod phone;
pub mod website;
pub mod words;

pub use address::{AddressForm, address, same_address};
pub use company::{CompanyName, company, compare_company};
pub use email::{Email, GENERIC_PROVIDERS, PLACEHOLDER_ADDRESSES, display_name, emails, is_generic_provider};
pub use person::{NameAgreement, PersonName, compare, person};
pub use phone::phone;
pub use website::{is_shared_website, registrable_domain};
pub use words::words;
