//! What two records are to each other when they are not the same.

use super::levels::{Company, Domain, Name};
use super::{Comparison, Form};

/// Worth knowing, and never a reason to merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Two people of one company.
    SameCompanyOtherPerson,
    /// One name at two companies: somebody who changed, or a namesake.
    SamePersonOtherCompany,
}

pub(super) fn relation(a: &Form, b: &Form, comparison: &Comparison) -> Option<Relation> {
    let one_entity = a.entity.is_some() && a.entity == b.entity;
    let one_company = one_entity || comparison.company >= Company::Close || comparison.domain == Domain::Same;
    let other_company = comparison.company == Company::Other || comparison.domain == Domain::Other;
    match () {
        () if one_company && comparison.name < Name::Unknown => Some(Relation::SameCompanyOtherPerson),
        () if other_company && !one_company && comparison.name >= Name::Close => Some(Relation::SamePersonOtherCompany),
        () => None,
    }
}
