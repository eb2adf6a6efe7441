//! Sets of needs: joined, and taken from each other.

use opportune_application::ports::Needs;
use std::collections::BTreeSet;

/// Calls a macro with the names of all sets of [`Needs`].
macro_rules! for_each_set {
    ($do:ident) => {
        $do!(
            requests,
            rekeys,
            imports,
            batches,
            parts_of,
            picks,
            conversions,
            images,
            external_ids,
            leads,
            peek_leads,
            live_of,
            items,
            customer_keys_locked,
            referrers,
            customers_locked,
            customers,
            customer_keys,
            families,
            open_lead_keys,
            lead_keys
        )
    };
}

/// Adds everything of `more` to `needs`.
pub(super) fn absorb(needs: &mut Needs, more: Needs) {
    needs.config |= more.config;
    macro_rules! join {
        ($($set:ident),+) => { $(needs.$set.extend(more.$set);)+ };
    }
    for_each_set!(join);
}

/// What of `needs` is not in `loaded`. What was locked need not be read again.
pub(super) fn missing(needs: &Needs, loaded: &Needs) -> Needs {
    macro_rules! subtract {
        ($($set:ident),+) => {
            Needs {
                config: needs.config && !loaded.config,
                $($set: without(&needs.$set, &loaded.$set),)+
            }
        };
    }
    let mut missing = for_each_set!(subtract);
    drop_known(&mut missing.peek_leads, &needs.leads, &loaded.leads);
    drop_known(
        &mut missing.customers,
        &needs.customers_locked,
        &loaded.customers_locked,
    );
    drop_known(
        &mut missing.customer_keys,
        &needs.customer_keys_locked,
        &loaded.customer_keys_locked,
    );
    missing
}

/// Nothing is asked for.
pub(super) fn is_empty(needs: &Needs) -> bool {
    macro_rules! all_empty {
        ($($set:ident),+) => { !needs.config $(&& needs.$set.is_empty())+ };
    }
    for_each_set!(all_empty)
}

/// Nothing is locked: what was to be locked is only read.
pub(super) fn unlocked(mut needs: Needs) -> Needs {
    needs.config = false;
    needs.peek_leads.append(&mut needs.leads);
    needs.customers.append(&mut needs.customers_locked);
    needs.customer_keys.append(&mut needs.customer_keys_locked);
    needs
}

fn without<T: Ord + Clone>(asked: &BTreeSet<T>, known: &BTreeSet<T>) -> BTreeSet<T> {
    asked.difference(known).cloned().collect()
}

fn drop_known<T: Ord>(missing: &mut BTreeSet<T>, asked: &BTreeSet<T>, loaded: &BTreeSet<T>) {
    missing.retain(|one| !asked.contains(one) && !loaded.contains(one));
}
