//! Keys that are being made anew, with the records that come next.

use super::Tx;
use crate::error::DbError;
use crate::rows::Corrupt;
use opportune_domain::ids::{CustomerId, TenantId};
use opportune_domain::rekey::{Phase, Rekey, STEP, Scope};
use uuid::Uuid;

/// One of them, locked; none when it is done.
pub(crate) async fn rekey(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<Option<Rekey>, DbError> {
    let row = sqlx::query!(
        "SELECT scope, customer_id, phase, after, done, slice, slices FROM rekeys WHERE tenant_id = $1 AND id = $2
        FOR NO KEY UPDATE",
        tenant.0,
        id
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let scope = match (row.scope.as_str(), row.customer_id) {
        ("all", None) => Scope::All,
        ("no_country", None) => Scope::NoCountry,
        ("of_customer", Some(customer)) => Scope::OfCustomer(CustomerId(customer)),
        _ => return Err(corrupt(id, "scope").into()),
    };
    let phase = match row.phase.as_str() {
        "customers" => Phase::Customers,
        "leads" => Phase::Leads,
        _ => return Err(corrupt(id, "phase").into()),
    };
    let slice = Slice {
        number: row.slice,
        of: row.slices,
    };
    Ok(Some(Rekey {
        id,
        scope,
        phase,
        after: row.after,
        done: row.done,
        next: next(tx, tenant, (scope, phase), row.after, slice).await?,
    }))
}

fn corrupt(id: Uuid, column: &'static str) -> Corrupt {
    Corrupt {
        table: "rekeys",
        column,
        id,
    }
}

/// Records whose id, by its last byte, leaves this remainder. It is random in ids that grow with time.
struct Slice {
    number: i32,
    of: i32,
}

async fn next(
    tx: &mut Tx,
    tenant: TenantId,
    (scope, phase): (Scope, Phase),
    after: Uuid,
    slice: Slice,
) -> Result<Vec<Uuid>, DbError> {
    let step = i64::try_from(STEP).unwrap_or(i64::MAX);
    let whatever_country = scope == Scope::All;
    let ids = match (phase, scope) {
        // Its own keys were made anew with its change.
        (Phase::Customers, Scope::OfCustomer(_)) => Vec::new(),
        (Phase::Customers, _) => {
            sqlx::query_scalar!(
                "SELECT id FROM customers
            WHERE tenant_id = $1 AND id > $2 AND get_byte(uuid_send(id), 15) % $5 = $6 AND ($3 OR country = '')
            ORDER BY id LIMIT $4",
                tenant.0,
                after,
                whatever_country,
                step,
                slice.of,
                slice.number
            )
            .fetch_all(&mut **tx)
            .await?
        }
        (Phase::Leads, Scope::OfCustomer(customer)) => {
            sqlx::query_scalar!(
                "SELECT id FROM leads WHERE tenant_id = $1 AND customer_id = $2 AND id > $3 AND country = ''
            ORDER BY id LIMIT $4",
                tenant.0,
                customer.0,
                after,
                step
            )
            .fetch_all(&mut **tx)
            .await?
        }
        (Phase::Leads, _) => {
            sqlx::query_scalar!(
                "SELECT id FROM leads
            WHERE tenant_id = $1 AND id > $2 AND get_byte(uuid_send(id), 15) % $5 = $6 AND ($3 OR country = '')
            ORDER BY id LIMIT $4",
                tenant.0,
                after,
                whatever_country,
                step,
                slice.of,
                slice.number
            )
            .fetch_all(&mut **tx)
            .await?
        }
    };
    Ok(ids)
}
