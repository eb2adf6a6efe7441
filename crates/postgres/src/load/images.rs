//! What conversions changed in leads.

use super::Tx;
use crate::error::DbError;
use crate::rows::json;
use opportune_domain::ids::{ConversionId, LeadId, TenantId};
use opportune_domain::touched::BeforeImage;
use uuid::Uuid;

/// The before-images of these conversions.
pub(crate) async fn images(tx: &mut Tx, tenant: TenantId, conversions: &[Uuid]) -> Result<Vec<BeforeImage>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT conversion_id, record_id, touched::text AS "touched!"
        FROM before_images
        WHERE tenant_id = $1 AND conversion_id = ANY($2) AND record_kind = 'lead'
        ORDER BY conversion_id, record_id"#,
        tenant.0,
        conversions
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(BeforeImage {
                conversion_id: ConversionId(row.conversion_id),
                lead_id: LeadId(row.record_id),
                fields: json("before_images", "touched", row.record_id, &row.touched)?,
            })
        })
        .collect()
}
