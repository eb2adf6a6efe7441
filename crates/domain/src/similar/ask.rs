//! Which keys to look under for records like one.

use super::Form;
use crate::keys::{Key, KeyKind, fuzzy_keys};
use crate::lead::Lead;
use crate::world::World;
use std::collections::BTreeSet;

/// Which keys to look under for records like a lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Keys by which STRONG matches are found: e-mail, folded e-mail, phone, customer, name, name and company.
    pub strong: BTreeSet<Key>,
    /// What else is evidence (rules 3.2), and what makes candidates of badly spelled and sparse records.
    pub weak: BTreeSet<Key>,
}

impl Asked {
    /// Everything together.
    pub fn all(&self) -> BTreeSet<Key> {
        self.strong.union(&self.weak).copied().collect()
    }
}

/// The keys to look under for records like `lead` (rules 3.2). Customers of the same commercial entity are those that
/// the world has loaded.
pub fn ask_for(world: &World, lead: &Lead) -> Asked {
    let form = Form::of_lead(world, lead);
    let mut asked = keys_of(world, &form);
    if let Some(own) = lead.customer_id {
        asked.strong.insert(Key::of_customer(own));
        let top = world.commercial_entity(own);
        let family = world
            .customers
            .keys()
            .filter(|id| **id != own && world.commercial_entity(**id) == top);
        asked.weak.extend(family.map(|id| Key::of_customer(*id)));
    }
    asked
}

fn keys_of(world: &World, form: &Form) -> Asked {
    let settings = &world.config.settings;
    let contact = &form.contact;
    let (strong, weak): (BTreeSet<Key>, BTreeSet<Key>) = fuzzy_keys(form)
        .into_iter()
        .partition(|key| matches!(key.kind, KeyKind::PersonName | KeyKind::SoundAndCompany));
    let mut asked = Asked { strong, weak };
    asked.strong.extend(
        contact
            .email_keys()
            .chain(contact.folded_lookups())
            .chain(contact.phone_key()),
    );
    let own = contact
        .domains
        .iter()
        .filter(|domain| !settings.is_generic(&domain.domain));
    asked.weak.extend(own.map(|domain| domain.key));
    asked
}
