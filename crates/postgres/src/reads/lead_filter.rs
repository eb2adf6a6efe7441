//! The conditions of a list of leads, as SQL. Every value is a parameter.

use super::branches::{Branch, Owner};
use crate::rows::names;
use opportune_application::ports::LeadFilter;
use opportune_domain::ids::TenantId;
use opportune_domain::keys::Key;
use opportune_domain::lead::LeadStatus;
use sqlx::{Postgres, QueryBuilder};

/// Appends ` WHERE …` for one part of the list.
pub(super) fn push_where(query: &mut QueryBuilder<Postgres>, tenant: TenantId, filter: &LeadFilter, branch: Branch) {
    query.push(" WHERE leads.tenant_id = ").push_bind(tenant.0);
    match branch.owner {
        Owner::Anybody => {}
        Owner::Nobody => {
            query.push(" AND leads.salesperson_id IS NULL");
        }
        Owner::One(person) => {
            query.push(" AND leads.salesperson_id = ").push_bind(person.0);
        }
    }
    match branch.status {
        Some(status) => query.push(" AND leads.status = ").push_bind(status),
        None => query.push(" AND leads.status <> 'merged'"),
    };
    if let Some(kind) = branch.kind {
        query.push(" AND leads.type = ").push_bind(kind);
    }
    match branch.priced {
        None => {}
        Some(true) => {
            query.push(" AND leads.revenue_rank IS NOT NULL");
        }
        Some(false) => {
            query.push(" AND leads.revenue_rank IS NULL");
        }
    }
    if let Some(team) = filter.team_id {
        query.push(" AND leads.team_id = ").push_bind(team.0);
    }
    if let Some(stage) = filter.stage_id {
        query.push(" AND leads.stage_id = ").push_bind(stage.0);
    }
    if let Some(customer) = filter.customer_id {
        query.push(" AND leads.customer_id = ").push_bind(customer.0);
    }
    if let Some(external_id) = &filter.external_id {
        // The other conditions are those of the two indexes.
        query.push(" AND leads.external_id = ").push_bind(external_id.clone());
        query.push(" AND leads.external_id <> ''");
        if branch.status == Some(names::lead_status(LeadStatus::Merged)) {
            query.push(" AND leads.status = 'merged'");
        } else if branch.status.is_some() {
            query.push(" AND leads.status <> 'merged'");
        }
    }
    if let Some(time) = filter.updated_after {
        query.push(" AND leads.update_time > ").push_bind(time);
    }
    for word in &filter.words {
        query
            .push(" AND EXISTS (SELECT FROM match_keys WHERE match_keys.tenant_id = ")
            .push_bind(tenant.0)
            .push(" AND match_keys.key = ")
            .push_bind(Key::of_word(word).hash)
            .push(" AND match_keys.lead_id = leads.id)");
    }
}
