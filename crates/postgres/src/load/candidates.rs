//! Leads that share a key with another one, with what is compared, and customers that do, in one round trip.

use super::Tx;
use crate::error::DbError;
use crate::rows::{Corrupt, form, names};
use futures_util::TryStreamExt;
use opportune_domain::ids::{CustomerId, LeadId, SalespersonId, TenantId};
use opportune_domain::keys::KEYS_VERSION;
use opportune_domain::similar::Candidate;
use uuid::Uuid;

/// Who has the asked keys.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The leads of each key, by id; none of a key that is over its budget.
    pub hits: Vec<(i64, Vec<LeadId>)>,
    /// Keys that more leads have than stands beside them.
    pub over: Vec<i64>,
    /// The leads, each once.
    pub candidates: Vec<(LeadId, Candidate)>,
    /// Customers that have one of their keys.
    pub customers: Vec<(i64, CustomerId)>,
    /// Leads whose forms were made by other rules, or not at all: the records have to be read.
    pub formless: Vec<LeadId>,
}

/// Leads of each of `keys`, none of a key that more have than stands beside it in `most`; and the 100 oldest customers of
/// each of `customer_keys`. Each step is a lookup in an index, however few rows the planner thinks that there are:
/// `OFFSET 0` keeps it from joining them in another way, and from looking hits up once for each place where they are named.
pub(crate) async fn candidates(
    tx: &mut Tx,
    tenant: TenantId,
    keys: &[i64],
    most: &[i64],
    known: &[Uuid],
    customer_keys: &[i64],
) -> Result<Found, DbError> {
    let mut rows = sqlx::query!(
        r#"WITH asked AS MATERIALIZED (
            SELECT asked.key, hits.ids, cardinality(hits.ids) > asked.most AS is_over
            FROM UNNEST($2::bigint[], $3::bigint[]) AS asked (key, most)
            CROSS JOIN LATERAL (
                SELECT ARRAY(
                    SELECT match_keys.lead_id FROM match_keys
                    WHERE match_keys.tenant_id = $1 AND match_keys.key = asked.key
                    ORDER BY match_keys.lead_id LIMIT asked.most + 1
                ) AS ids OFFSET 0
            ) AS hits
        ), found AS MATERIALIZED (
            SELECT DISTINCT UNNEST(asked.ids) AS id FROM asked WHERE NOT asked.is_over
        )
        SELECT asked.key AS "key?", CASE WHEN NOT asked.is_over THEN asked.ids END AS "ids?",
            NULL::uuid[] AS "customers?", NULL::uuid AS "id?", NULL::text AS "status?", NULL::timestamptz AS "create_time?",
            NULL::uuid AS "salesperson_id?", NULL::uuid AS "customer_id?", NULL::bytea AS "form?"
        FROM asked
        UNION ALL
        SELECT asked.key, NULL, hits.ids, NULL, NULL, NULL, NULL, NULL, NULL
        FROM UNNEST($6::bigint[]) AS asked (key)
        CROSS JOIN LATERAL (
            SELECT ARRAY(
                SELECT customer_keys.customer_id FROM customer_keys
                WHERE customer_keys.tenant_id = $1 AND customer_keys.key = asked.key
                ORDER BY customer_keys.customer_id LIMIT 100
            ) AS ids OFFSET 0
        ) AS hits
        WHERE cardinality(hits.ids) > 0
        UNION ALL
        SELECT NULL, NULL, NULL, found.id, one.status, one.create_time, one.salesperson_id, one.customer_id, one.form
        FROM found
        LEFT JOIN LATERAL (
            SELECT lead_forms.status, lead_forms.create_time, lead_forms.salesperson_id, lead_forms.customer_id,
                lead_forms.form
            FROM lead_forms
            WHERE lead_forms.tenant_id = $1 AND lead_forms.lead_id = found.id AND lead_forms.keys_version = $5
            OFFSET 0
        ) AS one ON true
        WHERE found.id <> ALL($4)"#,
        tenant.0,
        keys,
        most,
        known,
        KEYS_VERSION,
        customer_keys
    )
    .fetch(&mut **tx);
    let mut found = Found::default();
    // Read as they come: the first forms are decoded while the database still looks for the last ones.
    while let Some(row) = rows.try_next().await? {
        match (row.key, row.id, row.status, row.create_time, row.form) {
            (Some(key), ..) => match (row.ids, row.customers) {
                (_, Some(ids)) => found.customers.extend(ids.into_iter().map(|id| (key, CustomerId(id)))),
                (Some(ids), None) => found.hits.push((key, ids.into_iter().map(LeadId).collect())),
                (None, None) => found.over.push(key),
            },
            (None, Some(id), Some(status), Some(create_time), Some(bytes)) => {
                let corrupt = Corrupt {
                    table: "lead_forms",
                    column: "status",
                    id,
                };
                let candidate = Candidate {
                    status: names::parse_lead_status(&status).ok_or(corrupt)?,
                    create_time,
                    salesperson_id: row.salesperson_id.map(SalespersonId),
                    customer_id: row.customer_id.map(CustomerId),
                    form: form::decode(id, &bytes)?,
                };
                found.candidates.push((LeadId(id), candidate));
            }
            (None, Some(id), ..) => found.formless.push(LeadId(id)),
            (None, None, ..) => {}
        }
    }
    Ok(found)
}
