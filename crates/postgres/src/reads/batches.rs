//! Batches, and the ends of their items.

use super::by_id;
use crate::error::DbError;
use crate::load::Tx;
use crate::rows::batch::select_batches;
use opportune_application::ports::ItemEnd;
use opportune_domain::batch::Batch;
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::{BatchId, TenantId};
use std::collections::HashMap;
use uuid::Uuid;

/// A batch by id.
pub(super) async fn one(tx: &mut Tx, tenant: TenantId, id: BatchId) -> Result<Option<Batch>, DbError> {
    let row = select_batches!("WHERE tenant_id = $1 AND id = $2", tenant.0, id.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(Batch::try_from).transpose()?)
}

/// At most `limit` items whose end comes after `after`, in the order of their ends.
pub(super) async fn ends(
    tx: &mut Tx,
    tenant: TenantId,
    id: BatchId,
    after: i64,
    limit: i64,
) -> Result<Vec<ItemEnd>, DbError> {
    let places = sqlx::query!(
        r#"SELECT id, batch_sequence AS "sequence!" FROM conversions
        WHERE tenant_id = $1 AND batch_id = $2 AND batch_sequence > $3
        ORDER BY batch_sequence LIMIT $4"#,
        tenant.0,
        id.0,
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let ids: Vec<Uuid> = places.iter().map(|place| place.id).collect();
    let items = by_id::conversions(tx, tenant, &ids).await?;
    let mut items: HashMap<Uuid, Conversion> = items.into_iter().map(|item| (item.id.0, item)).collect();
    let ends = places.into_iter().filter_map(|place| {
        Some(ItemEnd {
            sequence: place.sequence,
            conversion: items.remove(&place.id)?,
        })
    });
    Ok(ends.collect())
}
