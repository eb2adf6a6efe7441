//! Which keys to look under for records like one.

use super::Form;
use crate::keys::{Key, KeyKind, fuzzy_keys};
use crate::lead::Lead;
use crate::tenant::Settings;
use crate::world::World;
use std::collections::BTreeSet;

/// Which keys to look under for records like a lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Keys by which STRONG matches are found: e-mail, folded e-mail, phone, customer, name with company or place; the house
    /// of who names nobody. A name alone is never STRONG (rules 3.3), and very many share one.
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
    ask_by_form(world, lead, &Form::of_lead(world, lead))
}

/// The same, of a lead whose form is at hand: forms are slow to make.
pub(super) fn ask_by_form(world: &World, lead: &Lead, form: &Form) -> Asked {
    let mut asked = keys_of(&world.config.settings, form);
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

/// The keys that the form itself gives; the customer is left out.
pub(super) fn keys_of(settings: &Settings, form: &Form) -> Asked {
    let contact = &form.contact;
    // Who shares no sound of the name with a person is a colleague or neighbour; only what names nobody is found by its house.
    let telling = |key: &Key| is_crowded(key) && (key.kind != KeyKind::House || form.words.is_empty());
    let (strong, weak): (BTreeSet<Key>, BTreeSet<Key>) = fuzzy_keys(form).into_iter().partition(telling);
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

/// The keys of a form under which policies look for its duplicates; the customer is left out.
pub fn policy_keys(settings: &Settings, form: &Form) -> BTreeSet<Key> {
    keys_of(settings, form).strong
}

/// Finds STRONG matches, as an e-mail address does, but very many records may have one: a large company, a tower.
pub(super) fn is_crowded(key: &Key) -> bool {
    matches!(
        key.kind,
        KeyKind::SoundAndCompany | KeyKind::House | KeyKind::SoundAndPostal
    )
}
