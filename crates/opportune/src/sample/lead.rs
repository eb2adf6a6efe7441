//! One invented record.

use opportune_contract::google::r#type::{Date, Money};
use opportune_contract::v1;

/// One invented record; empty text = not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SampleLead {
    /// Unique in its generator.
    pub external_id: String,
    /// What it is about.
    pub title: String,
    /// The person.
    pub contact_name: String,
    /// The company, with its legal form.
    pub company_name: String,
    /// E-mail as typed in.
    pub email: String,
    /// Phone as typed in.
    pub phone: String,
    /// The person's job.
    pub job_title: String,
    /// The company's website.
    pub website: String,
    /// BCP 47.
    pub language: String,
    /// Address.
    pub street: String,
    /// Address.
    pub city: String,
    /// Address.
    pub state: String,
    /// Address.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Remarks.
    pub description: String,
    /// Labels.
    pub tags: Vec<String>,
    /// 0 to 3.
    pub priority: u8,
    /// Where it came from.
    pub source: String,
    /// By which medium.
    pub medium: String,
    /// In which campaign.
    pub campaign: String,
    /// In whole units of `currency`.
    pub expected_revenue: Option<u32>,
    /// ISO 4217; empty without a revenue.
    pub currency: String,
    /// In per cent.
    pub probability: Option<u8>,
    /// As 2027-05-31.
    pub expected_close_date: String,
    /// The number (counted from 1) of the first record about the same person; none if this is the first. Never part of
    /// what is written: it is the answer to "which of these are duplicates".
    pub repeats: Option<usize>,
}

/// The names of the columns, in the order of [`SampleLead::cells`].
pub(super) const COLUMNS: [&str; 24] = [
    "external_id",
    "title",
    "contact_name",
    "company_name",
    "email",
    "phone",
    "job_title",
    "website",
    "language",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
    "description",
    "tags",
    "priority",
    "source",
    "medium",
    "campaign",
    "expected_revenue",
    "currency",
    "probability",
    "expected_close_date",
];

impl SampleLead {
    /// The values of the columns.
    pub(super) fn cells(&self) -> [String; COLUMNS.len()] {
        let priority = if self.priority == 0 {
            String::new()
        } else {
            self.priority.to_string()
        };
        [
            self.external_id.clone(),
            self.title.clone(),
            self.contact_name.clone(),
            self.company_name.clone(),
            self.email.clone(),
            self.phone.clone(),
            self.job_title.clone(),
            self.website.clone(),
            self.language.clone(),
            self.street.clone(),
            self.city.clone(),
            self.state.clone(),
            self.postal_code.clone(),
            self.country.clone(),
            self.description.clone(),
            self.tags.join("; "),
            priority,
            self.source.clone(),
            self.medium.clone(),
            self.campaign.clone(),
            self.expected_revenue
                .map_or_else(String::new, |amount| amount.to_string()),
            self.currency.clone(),
            self.probability.map_or_else(String::new, |percent| percent.to_string()),
            self.expected_close_date.clone(),
        ]
    }

    /// The record in the form of the contract.
    pub fn to_lead(&self) -> v1::Lead {
        let this = self.clone();
        v1::Lead {
            external_id: this.external_id,
            title: this.title,
            contact_name: this.contact_name,
            company_name: this.company_name,
            email: this.email,
            phone: this.phone,
            job_title: this.job_title,
            website: this.website,
            language: this.language,
            street: this.street,
            city: this.city,
            state: this.state,
            postal_code: this.postal_code,
            country: this.country,
            description: this.description,
            tags: this.tags,
            priority: i32::from(this.priority),
            source: this.source,
            medium: this.medium,
            campaign: this.campaign,
            expected_revenue: this.expected_revenue.map(|amount| Money {
                currency_code: this.currency,
                units: i64::from(amount),
                nanos: 0,
            }),
            probability: this.probability.map(f64::from),
            expected_close_date: date(&this.expected_close_date),
            ..v1::Lead::default()
        }
    }
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse().ok());
    Some(Date {
        year: parts.next()??,
        month: parts.next()??,
        day: parts.next()??,
    })
}
