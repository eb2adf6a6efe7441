//! A tenant's set-up.

use super::Tx;
use crate::error::DbError;
use crate::rows::json;
use opportune_domain::ids::TenantId;
use opportune_domain::tenant::{Salesperson, TenantConfig};

/// Waits for everybody who is changing the set-up, and keeps others from it.
pub(crate) async fn lock(tx: &mut Tx, tenant: TenantId) -> Result<(), DbError> {
    sqlx::query!("SELECT id FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tenant.0)
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

/// Reads all of it in one statement, so that version and content are of one moment.
pub(crate) async fn read(tx: &mut Tx, tenant: TenantId) -> Result<TenantConfig, DbError> {
    let row = sqlx::query!(
        r#"SELECT config_version,
            (SELECT content::text FROM settings WHERE tenant_id = $1) AS "settings!",
            (SELECT coalesce(json_agg(one), '[]')::text FROM (
                SELECT id, name, sequence, won, folded, team_ids, version FROM stages WHERE tenant_id = $1
            ) AS one) AS "stages!",
            (SELECT coalesce(json_agg(one), '[]')::text FROM (
                SELECT id, name, sequence, use_leads, use_opportunities, leader_id, version, create_time,
                    ARRAY(
                        SELECT salesperson_id FROM team_members
                        WHERE tenant_id = $1 AND team_id = teams.id ORDER BY salesperson_id
                    ) AS member_ids
                FROM teams WHERE tenant_id = $1
            ) AS one) AS "teams!",
            (SELECT coalesce(json_agg(one), '[]')::text FROM (
                SELECT id, name, email, active, create_time FROM salespeople WHERE tenant_id = $1
            ) AS one) AS "salespeople!"
        FROM tenants WHERE id = $1"#,
        tenant.0
    )
    .fetch_one(&mut **tx)
    .await?;
    let people: Vec<Salesperson> = json("salespeople", "*", tenant.0, &row.salespeople)?;
    Ok(TenantConfig {
        version: row.config_version,
        settings: json("settings", "content", tenant.0, &row.settings)?,
        stages: json("stages", "*", tenant.0, &row.stages)?,
        teams: json("teams", "*", tenant.0, &row.teams)?,
        salespeople: people.into_iter().map(|person| (person.id, person)).collect(),
    })
}
