//! Normal forms of what people type (rules 2): they serve matching only, the raw text stays as it came.
//!
//! Nothing here fails: text that cannot be read has no normal form. Input is cut to [`fold::MAX_CHARS`] first, so every
//! function ends soon whatever it is given.

pub mod address;
pub(crate) mod align;
pub mod company;
mod display_name;
pub mod email;
pub mod fold;
mod host;
pub mod lists;
pub mod mailbox;
pub mod person;
pub mod phone;
pub(crate) mod slips;
pub mod sound;
pub mod website;
pub mod words;

pub use address::{AddressForm, Place, address, place, same_address};
pub use company::{CompanyName, company, compare_company};
pub use email::{Email, GENERIC_PROVIDERS, PLACEHOLDER_ADDRESSES, display_name, emails, is_generic_provider};
pub use mailbox::{Mailbox, mailbox};
pub use person::{NameAgreement, PersonName, compare, person};
pub use phone::{phone, phone_digits};
pub use sound::sound;
pub use website::{is_shared_website, registrable_domain};
pub use words::words;
