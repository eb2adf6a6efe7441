//! One row of a CSV file as a lead.

use opportune_contract::v1::{ImportReject, Lead, LeadType};
use prost_types::value::Kind;
use prost_types::{Struct, Value};

use super::columns::{Columns, Target};
use super::{country, number};

/// The reason of a row that the client itself turns away, as in the server's answers.
pub const FIELD_INVALID: &str = "FIELD_INVALID";

/// The lead of a row, or what is wrong with the row.
///
/// # Errors
/// The first wrong cell.
pub fn lead(cells: &csv::ByteRecord, columns: &Columns, line: i64) -> Result<Lead, ImportReject> {
    let reject = |field: String, message: String| ImportReject {
        line,
        field,
        reason: FIELD_INVALID.to_owned(),
        message,
    };
    let (found, expected) = (cells.len(), columns.targets.len());
    if found != expected {
        return Err(reject(
            String::new(),
            format!("has {found} columns, the header has {expected}"),
        ));
    }
    let mut row = Row::default();
    for (place, (cell, target)) in cells.iter().zip(&columns.targets).enumerate() {
        let Ok(text) = std::str::from_utf8(cell) else {
            return Err(reject(
                columns.name(place),
                "is not text in the encoding of the file".to_owned(),
            ));
        };
        let text = text.trim();
        if !text.is_empty() {
            row.put(target, text)
                .map_err(|message| reject(columns.name(place), message))?;
        }
    }
    Ok(row.finish())
}

/// A lead in the making, with the parts of which other fields are put together.
#[derive(Default)]
struct Row {
    lead: Lead,
    first_name: String,
    last_name: String,
    email2: String,
    phone2: String,
    currency: String,
}

impl Row {
    fn put(&mut self, target: &Target, text: &str) -> Result<(), String> {
        match target {
            Target::Nothing => Ok(()),
            Target::Custom(name) => {
                let fields = self.lead.custom_fields.get_or_insert_with(Struct::default);
                fields.fields.insert(
                    name.clone(),
                    Value {
                        kind: Some(Kind::StringValue(text.to_owned())),
                    },
                );
                Ok(())
            }
            Target::Field(field) => self.put_field(field, text),
        }
    }

    fn put_field(&mut self, field: &str, text: &str) -> Result<(), String> {
        match self.text_field(field) {
            Some(place) => text.clone_into(place),
            None => self.put_value(field, text)?,
        }
        Ok(())
    }

    /// The fields that are taken as they stand.
    fn text_field(&mut self, field: &str) -> Option<&mut String> {
        let lead = &mut self.lead;
        Some(match field {
            "external_id" => &mut lead.external_id,
            "title" => &mut lead.title,
            "contact_name" => &mut lead.contact_name,
            "company_name" => &mut lead.company_name,
            "email" => &mut lead.email,
            "phone" => &mut lead.phone,
            "job_title" => &mut lead.job_title,
            "website" => &mut lead.website,
            "language" => &mut lead.language,
            "street" => &mut lead.street,
            "street2" => &mut lead.street2,
            "city" => &mut lead.city,
            "state" => &mut lead.state,
            "postal_code" => &mut lead.postal_code,
            "description" => &mut lead.description,
            "source" => &mut lead.source,
            "medium" => &mut lead.medium,
            "campaign" => &mut lead.campaign,
            "referred_by" => &mut lead.referred_by,
            "first_name" => &mut self.first_name,
            "last_name" => &mut self.last_name,
            "email2" => &mut self.email2,
            "phone2" => &mut self.phone2,
            "currency" => &mut self.currency,
            _ => return None,
        })
    }

    /// The fields that have to be read.
    fn put_value(&mut self, field: &str, text: &str) -> Result<(), String> {
        let lead = &mut self.lead;
        match field {
            "country" => lead.country = country::code(text),
            "tags" => lead.tags = tags(text),
            "priority" => lead.priority = number::whole(text)?,
            "probability" => lead.probability = Some(number::number(text)?),
            "expected_revenue" => lead.expected_revenue = Some(number::money(text)?),
            "expected_close_date" => lead.expected_close_date = Some(number::day(text)?),
            "type" => lead.r#type = lead_type(text)?.into(),
            unknown => return Err(format!("{unknown} cannot be imported")),
        }
        Ok(())
    }

    fn finish(mut self) -> Lead {
        if self.lead.contact_name.is_empty() {
            self.lead.contact_name = join([&self.first_name, &self.last_name], " ");
        }
        self.lead.email = join([&self.lead.email, &self.email2], ", ");
        if self.lead.phone.is_empty() {
            self.lead.phone = self.phone2;
        }
        if let Some(revenue) = self
            .lead
            .expected_revenue
            .as_mut()
            .filter(|_| !self.currency.is_empty())
        {
            revenue.currency_code = self.currency.to_uppercase();
        }
        if self.lead.title.is_empty() {
            let parts = [&self.lead.company_name, &self.lead.contact_name];
            self.lead.title = parts
                .into_iter()
                .find(|part| !part.is_empty())
                .cloned()
                .unwrap_or_default();
        }
        self.lead
    }
}

fn join(parts: [&String; 2], joint: &str) -> String {
    let given: Vec<&str> = parts
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    given.join(joint)
}

fn tags(text: &str) -> Vec<String> {
    let separator = if text.contains([';', '|']) {
        &[';', '|'][..]
    } else {
        &[','][..]
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split(separator).map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn lead_type(text: &str) -> Result<LeadType, String> {
    match text.to_lowercase().as_str() {
        "lead" => Ok(LeadType::Lead),
        "opportunity" => Ok(LeadType::Opportunity),
        _ => Err("is neither lead nor opportunity".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, cells: &[&[u8]]) -> Result<Lead, ImportReject> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let columns = Columns::read(&header, &[]).unwrap();
        lead(&csv::ByteRecord::from(cells.to_vec()), &columns, 7)
    }

    #[test]
    fn parts_are_put_together() {
        let lead = read(
            "Voornaam,Achternaam,E-mail,Home email,Mobiel,Bedrag,Valuta,Land,Tags",
            &[
                b"Ann",
                b"de Boer",
                b"a@x.example",
                b"b@x.example",
                b"06 1",
                b"1.200,50",
                b"eur",
                b"Nederland",
                b"hot; new; hot",
            ],
        )
        .unwrap();
        assert_eq!(lead.contact_name, "Ann de Boer");
        assert_eq!(lead.title, "Ann de Boer");
        assert_eq!(lead.email, "a@x.example, b@x.example");
        assert_eq!(lead.phone, "06 1");
        assert_eq!(lead.country, "NL");
        assert_eq!(lead.tags, ["hot", "new"]);
        let revenue = lead.expected_revenue.unwrap();
        assert_eq!(
            (revenue.currency_code.as_str(), revenue.units, revenue.nanos),
            ("EUR", 1_200, 500_000_000)
        );
    }

    #[test]
    fn a_broken_row_is_told_by_line_and_field_without_its_value() {
        let wrong = read("title,priority", &[b"x", b"high"]).unwrap_err();
        assert_eq!(
            (wrong.line, wrong.field.as_str(), wrong.reason.as_str()),
            (7, "priority", FIELD_INVALID)
        );
        assert!(!wrong.message.contains("high"));
        assert_eq!(read("title,email", &[b"x", b"M\xfcller"]).unwrap_err().field, "email");
        assert!(read("title,email", &[b"x"]).unwrap_err().message.contains("1 columns"));
    }
}
