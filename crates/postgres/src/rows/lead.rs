//! `leads`.

use super::{Corrupt, json, names};
use chrono::{DateTime, NaiveDate, Utc};
use opportune_domain::address::Address;
use opportune_domain::ids::{CustomerId, LeadId, SalespersonId, StageId, TeamId};
use opportune_domain::lead::Lead;
use opportune_domain::money::Money;
use rust_decimal::Decimal;
use uuid::Uuid;

/// A row of `leads`; see [`select_leads`](crate::rows::lead::select_leads).
#[derive(Debug)]
pub(crate) struct LeadRow {
    pub id: Uuid,
    pub kind: String,
    pub status: String,
    pub title: String,
    pub contact_name: String,
    pub company_name: String,
    pub email: String,
    pub phone: String,
    pub job_title: String,
    pub website: String,
    pub language: String,
    pub street: String,
    pub street2: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    pub country: String,
    pub description: String,
    pub tags: Vec<String>,
    pub priority: i32,
    pub source: String,
    pub medium: String,
    pub campaign: String,
    pub referred_by: String,
    pub revenue_amount: Option<Decimal>,
    pub revenue_currency: String,
    pub probability: Option<f64>,
    pub earlier_probability: Option<f64>,
    pub stage_id: Option<Uuid>,
    pub salesperson_id: Option<Uuid>,
    pub team_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub lost_reason: String,
    pub custom_fields: String,
    pub external_id: String,
    pub survivor_id: Option<Uuid>,
    pub merged_lead_ids: Vec<Uuid>,
    pub version: i64,
    pub create_time: DateTime<Utc>,
    pub update_time: DateTime<Utc>,
    pub convert_time: Option<DateTime<Utc>>,
    pub assign_time: Option<DateTime<Utc>>,
    pub close_time: Option<DateTime<Utc>>,
    pub expected_close_date: Option<NaiveDate>,
}

/// A checked query for [`LeadRow`]s: all columns of `leads`, then what follows `FROM leads` as one literal, then the
/// arguments. `select_leads!("WHERE tenant_id = $1 AND id = ANY($2) FOR UPDATE", tenant.0, &ids)`.
macro_rules! select_leads {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::rows::lead::LeadRow,
            r#"SELECT leads.id, leads.type AS kind, leads.status, leads.title, leads.contact_name, leads.company_name,
                leads.email, leads.phone, leads.job_title, leads.website, leads.language, leads.street, leads.street2,
                leads.city, leads.state, leads.postal_code, leads.country, leads.description, leads.tags,
                leads.priority, leads.source, leads.medium, leads.campaign, leads.referred_by, leads.revenue_amount,
                leads.revenue_currency, leads.probability, leads.earlier_probability, leads.stage_id,
                leads.salesperson_id, leads.team_id, leads.customer_id, leads.lost_reason,
                leads.custom_fields::text AS "custom_fields!", leads.external_id, leads.survivor_id,
                leads.merged_lead_ids, leads.version, leads.create_time, leads.update_time, leads.convert_time,
                leads.assign_time, leads.close_time, leads.expected_close_date
            FROM leads "# + $tail
            $(, $argument)*
        )
    };
}
pub(crate) use select_leads;

impl TryFrom<LeadRow> for Lead {
    type Error = Corrupt;

    fn try_from(row: LeadRow) -> Result<Self, Corrupt> {
        let id = row.id;
        let corrupt = |column| Corrupt {
            table: "leads",
            column,
            id,
        };
        let revenue_currency = row.revenue_currency;
        Ok(Self {
            id: LeadId(id),
            kind: names::parse_lead_type(&row.kind).ok_or_else(|| corrupt("type"))?,
            status: names::parse_lead_status(&row.status).ok_or_else(|| corrupt("status"))?,
            title: row.title,
            contact_name: row.contact_name,
            company_name: row.company_name,
            email: row.email,
            phone: row.phone,
            job_title: row.job_title,
            website: row.website,
            language: row.language,
            address: Address {
                street: row.street,
                street2: row.street2,
                city: row.city,
                state: row.state,
                postal_code: row.postal_code,
                country: row.country,
            },
            description: row.description,
            tags: row.tags,
            priority: row.priority,
            source: row.source,
            medium: row.medium,
            campaign: row.campaign,
            referred_by: row.referred_by,
            expected_revenue: row.revenue_amount.map(|amount| Money {
                currency: revenue_currency,
                amount,
            }),
            probability: row.probability,
            earlier_probability: row.earlier_probability,
            stage_id: row.stage_id.map(StageId),
            salesperson_id: row.salesperson_id.map(SalespersonId),
            team_id: row.team_id.map(TeamId),
            customer_id: row.customer_id.map(CustomerId),
            lost_reason: row.lost_reason,
            custom_fields: json("leads", "custom_fields", id, &row.custom_fields)?,
            external_id: row.external_id,
            survivor_id: row.survivor_id.map(LeadId),
            merged_lead_ids: row.merged_lead_ids.into_iter().map(LeadId).collect(),
            version: row.version,
            create_time: row.create_time,
            update_time: row.update_time,
            convert_time: row.convert_time,
            assign_time: row.assign_time,
            close_time: row.close_time,
            expected_close_date: row.expected_close_date,
        })
    }
}
