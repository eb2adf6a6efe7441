//! `leads`, `match_keys` and `lead_forms`, in one statement.

use super::columns::columns;
use super::forms::FormColumns;
use super::keys::KeyChanges;
use super::text;
use crate::error::{DbError, all_written};
use crate::load::Tx;
use crate::rows::names;
use chrono::{DateTime, NaiveDate, Utc};
use opportune_domain::ids::TenantId;
use opportune_domain::keys::KEYS_VERSION;
use opportune_domain::lead::Lead;
use rust_decimal::Decimal;
use uuid::Uuid;

columns! {
    /// The columns of `leads`, one list each.
    LeadColumns, |lead: &Lead| {
        id: Uuid = lead.id.0,
        kind: &'a str = names::lead_type(lead.kind),
        status: &'a str = names::lead_status(lead.status),
        title: &'a str = &lead.title,
        contact_name: &'a str = &lead.contact_name,
        company_name: &'a str = &lead.company_name,
        email: &'a str = &lead.email,
        phone: &'a str = &lead.phone,
        job_title: &'a str = &lead.job_title,
        website: &'a str = &lead.website,
        language: &'a str = &lead.language,
        street: &'a str = &lead.address.street,
        street2: &'a str = &lead.address.street2,
        city: &'a str = &lead.address.city,
        state: &'a str = &lead.address.state,
        postal_code: &'a str = &lead.address.postal_code,
        country: &'a str = &lead.address.country,
        description: &'a str = &lead.description,
        tags: String = text::array(&lead.tags),
        priority: i32 = lead.priority,
        source: &'a str = &lead.source,
        medium: &'a str = &lead.medium,
        campaign: &'a str = &lead.campaign,
        referred_by: &'a str = &lead.referred_by,
        revenue_amount: Option<Decimal> = lead.expected_revenue.as_ref().map(|money| money.amount),
        revenue_currency: &'a str = lead.expected_revenue.as_ref().map_or("", |money| &money.currency),
        probability: Option<f64> = lead.probability,
        earlier_probability: Option<f64> = lead.earlier_probability,
        stage_id: Option<Uuid> = lead.stage_id.map(Uuid::from),
        salesperson_id: Option<Uuid> = lead.salesperson_id.map(Uuid::from),
        team_id: Option<Uuid> = lead.team_id.map(Uuid::from),
        customer_id: Option<Uuid> = lead.customer_id.map(Uuid::from),
        lost_reason: &'a str = &lead.lost_reason,
        custom_fields: String = text::json_object(&lead.custom_fields),
        external_id: &'a str = &lead.external_id,
        survivor_id: Option<Uuid> = lead.survivor_id.map(Uuid::from),
        merged_lead_ids: String = text::plain(&lead.merged_lead_ids),
        version: i64 = lead.version,
        create_time: DateTime<Utc> = lead.create_time,
        update_time: DateTime<Utc> = lead.update_time,
        convert_time: Option<DateTime<Utc>> = lead.convert_time,
        assign_time: Option<DateTime<Utc>> = lead.assign_time,
        close_time: Option<DateTime<Utc>> = lead.close_time,
        expected_close_date: Option<NaiveDate> = lead.expected_close_date,
    }
}

/// A checked query whose arguments from `$2` on are the columns of `leads`; more may follow.
macro_rules! query_leads {
    ($sql:literal, $tenant:expr, $columns:expr $(, $more:expr)* $(,)?) => {
        sqlx::query_scalar!(
            $sql,
            $tenant,
            &$columns.id as _,
            &$columns.kind as _,
            &$columns.status as _,
            &$columns.title as _,
            &$columns.contact_name as _,
            &$columns.company_name as _,
            &$columns.email as _,
            &$columns.phone as _,
            &$columns.job_title as _,
            &$columns.website as _,
            &$columns.language as _,
            &$columns.street as _,
            &$columns.street2 as _,
            &$columns.city as _,
            &$columns.state as _,
            &$columns.postal_code as _,
            &$columns.country as _,
            &$columns.description as _,
            &$columns.tags as _,
            &$columns.priority as _,
            &$columns.source as _,
            &$columns.medium as _,
            &$columns.campaign as _,
            &$columns.referred_by as _,
            &$columns.revenue_amount as _,
            &$columns.revenue_currency as _,
            &$columns.probability as _,
            &$columns.earlier_probability as _,
            &$columns.stage_id as _,
            &$columns.salesperson_id as _,
            &$columns.team_id as _,
            &$columns.customer_id as _,
            &$columns.lost_reason as _,
            &$columns.custom_fields as _,
            &$columns.external_id as _,
            &$columns.survivor_id as _,
            &$columns.merged_lead_ids as _,
            &$columns.version as _,
            &$columns.create_time as _,
            &$columns.update_time as _,
            &$columns.convert_time as _,
            &$columns.assign_time as _,
            &$columns.close_time as _,
            &$columns.expected_close_date as _,
            $($more,)*
        )
    };
}

/// Inserts new leads with their keys and forms.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    records: &[&Lead],
    keys: &KeyChanges,
    forms: &FormColumns<'_>,
) -> Result<(), DbError> {
    if records.is_empty() {
        return Ok(());
    }
    let columns = LeadColumns::of(records.iter().copied());
    let count = query_leads!(
        r#"WITH inserted AS (
            INSERT INTO leads (
                tenant_id,
                id, type, status, title, contact_name, company_name, email, phone, job_title, website, language,
                street, street2, city, state, postal_code, country, description, tags, priority, source, medium,
                campaign, referred_by, revenue_amount, revenue_currency, probability, earlier_probability,
                stage_id, salesperson_id, team_id, customer_id, lost_reason, custom_fields, external_id,
                survivor_id, merged_lead_ids, version, create_time, update_time, convert_time, assign_time,
                close_time, expected_close_date)
            SELECT $1,
                given.id, given.type, given.status, given.title, given.contact_name, given.company_name,
                given.email, given.phone, given.job_title, given.website, given.language, given.street,
                given.street2, given.city, given.state, given.postal_code, given.country, given.description,
                given.tags::text[], given.priority, given.source, given.medium, given.campaign,
                given.referred_by, given.revenue_amount, given.revenue_currency, given.probability,
                given.earlier_probability, given.stage_id, given.salesperson_id, given.team_id,
                given.customer_id, given.lost_reason, given.custom_fields::json, given.external_id,
                given.survivor_id, given.merged_lead_ids::uuid[], given.version, given.create_time,
                given.update_time, given.convert_time, given.assign_time, given.close_time,
                given.expected_close_date
            FROM UNNEST(
                $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
                $17::text[], $18::text[], $19::text[], $20::text[], $21::integer[], $22::text[], $23::text[],
                $24::text[], $25::text[], $26::numeric[], $27::text[], $28::float8[], $29::float8[],
                $30::uuid[], $31::uuid[], $32::uuid[], $33::uuid[], $34::text[], $35::text[], $36::text[],
                $37::uuid[], $38::text[], $39::bigint[], $40::timestamptz[], $41::timestamptz[],
                $42::timestamptz[], $43::timestamptz[], $44::timestamptz[], $45::date[]
            ) AS given (
                id, type, status, title, contact_name, company_name, email, phone, job_title, website, language,
                street, street2, city, state, postal_code, country, description, tags, priority, source, medium,
                campaign, referred_by, revenue_amount, revenue_currency, probability, earlier_probability,
                stage_id, salesperson_id, team_id, customer_id, lost_reason, custom_fields, external_id,
                survivor_id, merged_lead_ids, version, create_time, update_time, convert_time, assign_time,
                close_time, expected_close_date)
            RETURNING 1
        ), keyed AS (
            INSERT INTO match_keys (tenant_id, key, lead_id)
            SELECT $1, added.key, added.id FROM UNNEST($46::bigint[], $47::uuid[]) AS added (key, id)
        ), formed AS (
            INSERT INTO lead_forms (
                tenant_id, lead_id, keys_version, form, keys, status, create_time, salesperson_id, customer_id)
            SELECT $1, made.id, $48, made.form, made.keys::bigint[], made.status, made.create_time,
                made.salesperson_id, made.customer_id
            FROM UNNEST(
                $49::uuid[], $50::bytea[], $51::text[], $52::text[], $53::timestamptz[], $54::uuid[], $55::uuid[]
            ) AS made (id, form, keys, status, create_time, salesperson_id, customer_id)
        )
        SELECT count(*) AS "count!" FROM inserted"#,
        tenant.0,
        columns,
        &keys.added.keys,
        &keys.added.ids,
        KEYS_VERSION,
        &forms.ids,
        &forms.forms as _,
        &forms.added,
        &forms.statuses as _,
        &forms.create_times,
        &forms.salespeople as _,
        &forms.customers as _,
    )
    .fetch_one(&mut **tx)
    .await?;
    all_written("leads", records.len(), count)
}

/// Writes all columns of leads that are there, the keys that came and went, forms, and what a search looks at beside them.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    records: &[&Lead],
    keys: &KeyChanges,
    forms: &FormColumns<'_>,
) -> Result<(), DbError> {
    if records.is_empty() {
        return Ok(());
    }
    let columns = LeadColumns::of(records.iter().copied());
    let count = query_leads!(
        r#"WITH changed AS (
            UPDATE leads SET
                type = given.type, status = given.status, title = given.title,
                contact_name = given.contact_name, company_name = given.company_name, email = given.email,
                phone = given.phone, job_title = given.job_title, website = given.website,
                language = given.language, street = given.street, street2 = given.street2, city = given.city,
                state = given.state, postal_code = given.postal_code, country = given.country,
                description = given.description, tags = given.tags::text[], priority = given.priority,
                source = given.source, medium = given.medium, campaign = given.campaign,
                referred_by = given.referred_by, revenue_amount = given.revenue_amount,
                revenue_currency = given.revenue_currency, probability = given.probability,
                earlier_probability = given.earlier_probability, stage_id = given.stage_id,
                salesperson_id = given.salesperson_id, team_id = given.team_id, customer_id = given.customer_id,
                lost_reason = given.lost_reason, custom_fields = given.custom_fields::json,
                external_id = given.external_id, survivor_id = given.survivor_id,
                merged_lead_ids = given.merged_lead_ids::uuid[], version = given.version,
                update_time = given.update_time, convert_time = given.convert_time,
                assign_time = given.assign_time, close_time = given.close_time,
                expected_close_date = given.expected_close_date
            FROM UNNEST(
                $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
                $17::text[], $18::text[], $19::text[], $20::text[], $21::integer[], $22::text[], $23::text[],
                $24::text[], $25::text[], $26::numeric[], $27::text[], $28::float8[], $29::float8[],
                $30::uuid[], $31::uuid[], $32::uuid[], $33::uuid[], $34::text[], $35::text[], $36::text[],
                $37::uuid[], $38::text[], $39::bigint[], $40::timestamptz[], $41::timestamptz[],
                $42::timestamptz[], $43::timestamptz[], $44::timestamptz[], $45::date[]
            ) AS given (
                id, type, status, title, contact_name, company_name, email, phone, job_title, website, language,
                street, street2, city, state, postal_code, country, description, tags, priority, source, medium,
                campaign, referred_by, revenue_amount, revenue_currency, probability, earlier_probability,
                stage_id, salesperson_id, team_id, customer_id, lost_reason, custom_fields, external_id,
                survivor_id, merged_lead_ids, version, create_time, update_time, convert_time, assign_time,
                close_time, expected_close_date)
            WHERE leads.tenant_id = $1 AND leads.id = given.id
            RETURNING 1
        ), unkeyed AS (
            DELETE FROM match_keys USING UNNEST($48::bigint[], $49::uuid[]) AS gone (key, id)
            WHERE match_keys.tenant_id = $1 AND match_keys.key = gone.key AND match_keys.lead_id = gone.id
        ), keyed AS (
            INSERT INTO match_keys (tenant_id, key, lead_id)
            SELECT $1, added.key, added.id FROM UNNEST($46::bigint[], $47::uuid[]) AS added (key, id)
            ON CONFLICT DO NOTHING
        ), formed AS (
            UPDATE lead_forms SET
                keys_version = CASE WHEN given.made THEN $50 ELSE lead_forms.keys_version END,
                form = CASE WHEN given.made THEN given.form ELSE lead_forms.form END,
                keys = CASE WHEN given.added = '{}' AND given.gone = '{}' THEN lead_forms.keys ELSE ARRAY(
                    SELECT UNNEST(lead_forms.keys) EXCEPT SELECT UNNEST(given.gone::bigint[])
                    UNION SELECT UNNEST(given.added::bigint[]) ORDER BY 1
                ) END,
                status = given.status, salesperson_id = given.salesperson_id, customer_id = given.customer_id
            FROM UNNEST(
                $51::uuid[], $52::boolean[], $53::bytea[], $54::text[], $55::text[], $56::text[], $57::uuid[], $58::uuid[]
            ) AS given (id, made, form, added, gone, status, salesperson_id, customer_id)
            WHERE lead_forms.tenant_id = $1 AND lead_forms.lead_id = given.id
        )
        SELECT count(*) AS "count!" FROM changed"#,
        tenant.0,
        columns,
        &keys.added.keys,
        &keys.added.ids,
        &keys.gone.keys,
        &keys.gone.ids,
        KEYS_VERSION,
        &forms.ids,
        &forms.made,
        &forms.forms as _,
        &forms.added,
        &forms.gone,
        &forms.statuses as _,
        &forms.salespeople as _,
        &forms.customers as _,
    )
    .fetch_one(&mut **tx)
    .await?;
    all_written("leads", records.len(), count)
}
