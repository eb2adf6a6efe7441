//! What two records are to each other when they are not the same.

use super::levels::{Company, Domain, Name};
use super::{Bond, Comparison};

/// Worth knowing, and never a reason to merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Two people of one company.
    SameCompanyOtherPerson,
    /// One name at two companies: somebody who changed, or a namesake.
    SamePersonOtherCompany,
}

pub(super) fn relation(bond: Option<Bond>, comparison: &Comparison) -> Option<Relation> {
    let one_company = bond.is_some() || comparison.company >= Company::Close || comparison.domain == Domain::Same;
    let other_company = comparison.company == Company::Other || comparison.domain == Domain::Other;
    match () {
        () if one_company && comparison.name < Name::Unknown => Some(Relation::SameCompanyOtherPerson),
        () if other_company && !one_company && comparison.name >= Name::Close => Some(Relation::SamePersonOtherCompany),
        () => None,
    }
}
