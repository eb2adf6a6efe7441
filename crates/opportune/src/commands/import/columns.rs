//! Which column of a CSV file is which field.

use anyhow::{Context, bail};

use super::rejects;
use super::synonyms::{FIELDS, guess};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A field of the lead, or one of the helpers: `first_name`, `last_name`, `email2`, `phone2`, `currency`.
    Field(&'static str),
    /// A custom field of this name.
    Custom(String),
    /// Nothing that is imported.
    Nothing,
}

/// The columns of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// One a column.
    pub targets: Vec<Target>,
    /// Headers of columns that nothing is known about.
    pub unknown: Vec<String>,
}

impl Columns {
    /// From the header, and from what the caller says (`column=field`), which goes first.
    ///
    /// # Errors
    /// The caller names a column or a field that does not exist, two columns are the same field, or none is known.
    pub fn read(header: &[String], mapped: &[String]) -> anyhow::Result<Self> {
        let chosen = mapped
            .iter()
            .map(|pair| choice(pair, header))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut columns = Self {
            targets: Vec::new(),
            unknown: Vec::new(),
        };
        for (place, title) in header.iter().enumerate() {
            let by_caller = chosen
                .iter()
                .find(|(at, _)| *at == place)
                .map(|(_, target)| target.clone());
            let target = by_caller.or_else(|| {
                if [rejects::LINE, rejects::BECAUSE].contains(&title.as_str()) {
                    return Some(Target::Nothing);
                }
                let field = guess(title)?;
                let by_caller = chosen.iter().any(|(_, target)| *target == Target::Field(field));
                let taken = by_caller || columns.targets.contains(&Target::Field(field));
                // A second column of mails or phones is one more of them, not a mistake.
                match (field, taken) {
                    (_, false) => Some(Target::Field(field)),
                    ("email", true) => Some(Target::Field("email2")),
                    ("phone", true) => Some(Target::Field("phone2")),
                    _ => None,
                }
            });
            if target.is_none() {
                columns.unknown.push(title.clone());
            }
            columns.targets.push(target.unwrap_or(Target::Nothing));
        }
        columns.check(header)?;
        Ok(columns)
    }

    /// The field of a column, for reports; the header's text is the caller's and may be anything.
    pub fn name(&self, place: usize) -> String {
        match self.targets.get(place) {
            Some(Target::Field(field)) => (*field).to_owned(),
            Some(Target::Custom(name)) => format!("custom_fields.{name}"),
            Some(Target::Nothing) | None => String::new(),
        }
    }

    fn check(&self, header: &[String]) -> anyhow::Result<()> {
        let fields: Vec<&Target> = self
            .targets
            .iter()
            .filter(|target| **target != Target::Nothing)
            .collect();
        if fields.is_empty() {
            bail!(
                "no column of the file is known ({}): name them with --map COLUMN=FIELD",
                header.join(", ")
            );
        }
        for (at, target) in fields.iter().enumerate() {
            if fields[..at].contains(target) {
                bail!("two columns are {target:?}: leave one out with --map \"COLUMN=\"");
            }
        }
        Ok(())
    }
}

/// One `column=field` of the caller.
fn choice(pair: &str, header: &[String]) -> anyhow::Result<(usize, Target)> {
    let (column, field) = pair
        .rsplit_once('=')
        .with_context(|| format!("--map {pair}: expected COLUMN=FIELD"))?;
    let place = header
        .iter()
        .position(|title| title.trim().eq_ignore_ascii_case(column.trim()))
        .with_context(|| {
            format!(
                "--map {pair}: the file has no column {column}; it has {}",
                header.join(", ")
            )
        })?;
    let target = match field.trim() {
        "" => Target::Nothing,
        field => match (
            field.strip_prefix("custom_fields."),
            FIELDS.iter().find(|known| **known == field),
        ) {
            (Some(name), _) if !name.is_empty() => Target::Custom(name.to_owned()),
            (_, Some(known)) => Target::Field(known),
            _ => bail!(
                "--map {pair}: unknown field; there are custom_fields.NAME and {}",
                FIELDS.join(", ")
            ),
        },
    };
    Ok((place, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str, mapped: &[&str]) -> anyhow::Result<Columns> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let mapped: Vec<String> = mapped.iter().map(|&text| text.to_owned()).collect();
        Columns::read(&header, &mapped)
    }

    fn names(header: &str, mapped: &[&str]) -> Vec<String> {
        let columns = columns(header, mapped).unwrap();
        (0..columns.targets.len()).map(|place| columns.name(place)).collect()
    }

    #[test]
    fn headers_of_several_languages_are_understood() {
        let cases = [
            (
                "Bedrijf,Voornaam,Achternaam,E-mailadres,Telefoonnummer,Postcode,Plaats,Land",
                "company_name,first_name,last_name,email,phone,postal_code,city,country",
            ),
            (
                "Firma,Vorname,Nachname,E-Mail,Telefon,PLZ,Ort,Straße",
                "company_name,first_name,last_name,email,phone,postal_code,city,street",
            ),
            (
                "Société,Prénom,Nom,Courriel,Téléphone,Code postal,Ville,Pays",
                "company_name,first_name,last_name,email,phone,postal_code,city,country",
            ),
            (
                "Empresa,Nombre,Apellidos,Correo electrónico,Teléfono,Código postal,Ciudad,País",
                "company_name,first_name,last_name,email,phone,postal_code,city,country",
            ),
            (
                "Company Name,Contact Name,Email Address,Phone Number,Street Address,Zip Code,Town,Lead Source",
                "company_name,contact_name,email,phone,street,postal_code,city,source",
            ),
            (
                "Klantnaam,Contactpersoon,E-mail,Mobiel nummer,Straat en huisnummer,Opmerkingen",
                "company_name,contact_name,email,phone2,street,description",
            ),
            (
                "Firmenname,Ansprechpartner,E-Mail-Adresse,Telefon-Nr.,Straße & Hausnummer,Größe",
                "company_name,contact_name,email,phone,street,",
            ),
            (
                "Nom de l'entreprise,Nom complet,Adresse e-mail,N° téléphone,Code Postal,Montant",
                "company_name,contact_name,email,phone,postal_code,expected_revenue",
            ),
            (
                "Nombre de la empresa,Persona de contacto,Dirección de correo electrónico,Teléfono móvil,Importe",
                "company_name,contact_name,email,phone2,expected_revenue",
            ),
        ];
        for (header, expected) in cases {
            assert_eq!(names(header, &[]).join(","), expected);
        }
    }

    #[test]
    fn the_caller_goes_before_the_guess() {
        assert_eq!(
            names("Mail,Mail privat,Notes", &["Mail privat=email", "Notes="]),
            ["email2", "email", ""]
        );
        assert_eq!(
            names("email,Size", &["size=custom_fields.size"]),
            ["email", "custom_fields.size"]
        );
    }

    #[test]
    fn a_second_mail_column_is_one_more_address() {
        assert_eq!(
            names("Work email,Home email,Phone,Mobile", &[]),
            ["email", "email2", "phone", "phone2"]
        );
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        assert!(
            columns("email", &["mail=email"])
                .unwrap_err()
                .to_string()
                .contains("no column mail")
        );
        assert!(
            columns("email", &["email=e-post"])
                .unwrap_err()
                .to_string()
                .contains("unknown field")
        );
        assert!(columns("foo,bar", &[]).is_err());
        assert!(columns("a,b", &["a=title", "b=title"]).is_err());
    }
}
