//! What a tenant sets up: `settings`, `stages`, `teams`, `team_members`, `salespeople`, and their version.

use super::text;
use crate::error::{DbError, all_written};
use crate::load::Tx;
use opportune_domain::ids::TenantId;
use opportune_domain::keys::KEYS_VERSION;
use opportune_domain::tenant::{Salesperson, Stage, Team, TenantConfig};
use opportune_domain::world::Changes;
use uuid::Uuid;

/// Makes a tenant with this set-up; false when it is there already.
pub(crate) async fn make_tenant(tx: &mut Tx, tenant: TenantId, config: &TenantConfig) -> Result<bool, DbError> {
    let made = sqlx::query!(
        "INSERT INTO tenants (id, config_version, keys_version) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        tenant.0,
        config.version,
        KEYS_VERSION
    )
    .execute(&mut **tx)
    .await?;
    if made.rows_affected() == 0 {
        return Ok(false);
    }
    write_settings(tx, tenant, config).await?;
    write_stages(tx, tenant, &config.stages.iter().collect::<Vec<_>>()).await?;
    Ok(true)
}

/// Writes what was changed of the set-up, and counts its version up. The tenant is locked.
pub(super) async fn write(
    tx: &mut Tx,
    tenant: TenantId,
    config: &TenantConfig,
    changes: &Changes,
) -> Result<(), DbError> {
    let people = config
        .salespeople
        .values()
        .filter(|one| changes.salespeople.contains(&one.id));
    write_salespeople(tx, tenant, &people.collect::<Vec<_>>()).await?;
    let teams: Vec<&Team> = config
        .teams
        .iter()
        .filter(|team| changes.teams.contains(&team.id))
        .collect();
    write_teams(tx, tenant, &teams).await?;
    write_members(tx, tenant, &teams).await?;
    let stages = config.stages.iter().filter(|stage| changes.stages.contains(&stage.id));
    write_stages(tx, tenant, &stages.collect::<Vec<_>>()).await?;
    if changes.settings {
        write_settings(tx, tenant, config).await?;
    }
    let counted = sqlx::query!(
        "UPDATE tenants SET config_version = config_version + 1 WHERE id = $1",
        tenant.0
    )
    .execute(&mut **tx)
    .await?;
    all_written("tenants", 1, counted.rows_affected().cast_signed())
}

async fn write_settings(tx: &mut Tx, tenant: TenantId, config: &TenantConfig) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO settings (tenant_id, content) VALUES ($1, $2::text::json)
        ON CONFLICT (tenant_id) DO UPDATE SET content = excluded.content",
        tenant.0,
        text::json("settings", &config.settings)?
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_salespeople(tx: &mut Tx, tenant: TenantId, people: &[&Salesperson]) -> Result<(), DbError> {
    for person in people {
        sqlx::query!(
            "INSERT INTO salespeople (tenant_id, id, name, email, active, create_time) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant_id, id) DO UPDATE SET
                name = excluded.name, email = excluded.email, active = excluded.active",
            tenant.0,
            person.id.0,
            person.name,
            person.email,
            person.active,
            person.create_time
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn write_teams(tx: &mut Tx, tenant: TenantId, teams: &[&Team]) -> Result<(), DbError> {
    for team in teams {
        sqlx::query!(
            "INSERT INTO teams (
                tenant_id, id, name, sequence, use_leads, use_opportunities, leader_id, version, create_time)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (tenant_id, id) DO UPDATE SET
                name = excluded.name, sequence = excluded.sequence, use_leads = excluded.use_leads,
                use_opportunities = excluded.use_opportunities, leader_id = excluded.leader_id,
                version = excluded.version",
            tenant.0,
            team.id.0,
            team.name,
            team.sequence,
            team.use_leads,
            team.use_opportunities,
            team.leader_id.map(Uuid::from),
            team.version,
            team.create_time
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Whoever is not among the members any more leaves, whoever is new comes in.
async fn write_members(tx: &mut Tx, tenant: TenantId, teams: &[&Team]) -> Result<(), DbError> {
    if teams.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = teams.iter().map(|team| team.id.0).collect();
    let pairs = teams
        .iter()
        .flat_map(|team| team.member_ids.iter().map(|member| (team.id.0, member.0)));
    let (of_team, members): (Vec<Uuid>, Vec<Uuid>) = pairs.unzip();
    sqlx::query!(
        "WITH given AS (
            SELECT given.team_id, given.salesperson_id
            FROM UNNEST($3::uuid[], $4::uuid[]) AS given (team_id, salesperson_id)
        ), gone AS (
            DELETE FROM team_members
            WHERE tenant_id = $1 AND team_id = ANY($2)
                AND (team_id, salesperson_id) NOT IN (SELECT team_id, salesperson_id FROM given)
        )
        INSERT INTO team_members (tenant_id, team_id, salesperson_id)
        SELECT $1, team_id, salesperson_id FROM given
        ON CONFLICT DO NOTHING",
        tenant.0,
        &ids,
        &of_team,
        &members
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_stages(tx: &mut Tx, tenant: TenantId, stages: &[&Stage]) -> Result<(), DbError> {
    for stage in stages {
        let teams: Vec<Uuid> = stage.team_ids.iter().copied().map(Uuid::from).collect();
        sqlx::query!(
            "INSERT INTO stages (tenant_id, id, name, sequence, won, folded, team_ids, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (tenant_id, id) DO UPDATE SET
                name = excluded.name, sequence = excluded.sequence, won = excluded.won, folded = excluded.folded,
                team_ids = excluded.team_ids, version = excluded.version",
            tenant.0,
            stage.id.0,
            stage.name,
            stage.sequence,
            stage.won,
            stage.folded,
            &teams,
            stage.version
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
