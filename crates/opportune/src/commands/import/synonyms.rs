//! What people call the fields of a lead in the header of a file: English, Dutch, German, French, Spanish.

/// Every field that a column may be mapped to; `first_name` to `currency` help to fill others.
#[rustfmt::skip]
pub const FIELDS: [&str; 31] = [
    "external_id", "title", "contact_name", "company_name", "email", "phone", "job_title", "website", "language",
    "street", "street2", "city", "state", "postal_code", "country", "description", "tags", "priority", "source",
    "medium", "campaign", "referred_by", "expected_revenue", "probability", "expected_close_date", "type",
    "first_name", "last_name", "email2", "phone2", "currency",
];

/// Folded header words, and the field that they mean.
#[rustfmt::skip]
const SYNONYMS: &[(&str, &[&str])] = &[
    ("external_id", &["id", "externalid", "extid", "leadid", "recordid", "reference", "ref", "referenz", "kennung",
        "nummer", "identificador", "identifiant"]),
    ("title", &["subject", "leadname", "opportunity", "opportunityname", "dealname", "betreff", "onderwerp", "sujet",
        "objet", "asunto", "titel", "titre", "titulo", "leadtitle", "projectnaam", "projectname", "vorgang",
        "betreffzeile"]),
    ("contact_name", &["name", "contact", "contactperson", "fullname", "person", "contactpersoon", "naam",
        "ansprechpartner", "kontakt", "kontaktname", "kontaktperson", "interlocuteur", "nomcomplet", "contacto",
        "nombrecompleto", "nombreycontacto", "contactname", "naamcontactpersoon", "nomducontact", "personadecontacto",
        "nombredelcontacto", "vollername", "volledigenaam"]),
    ("first_name", &["firstname", "givenname", "forename", "voornaam", "vorname", "prenom", "nombre", "nombredepila",
        "contactfirstname", "primernombre", "roepnaam"]),
    ("last_name", &["lastname", "familyname", "surname", "achternaam", "nachname", "familienname", "nom",
        "nomdefamille", "apellido", "apellidos", "contactlastname", "familiename", "nomfamille"]),
    ("company_name", &["company", "organisation", "organization", "account", "accountname", "business", "employer",
        "bedrijf", "bedrijfsnaam", "organisatie", "firma", "firmenname", "unternehmen", "societe", "entreprise",
        "raisonsociale", "empresa", "compania", "razonsocial", "companyname", "naambedrijf", "bedrijfnaam", 
        "klantnaam", "kundenname", "nomdelentreprise", "nomdelasociete", "nomentreprise",
        "nombredelaempresa", "nombreempresa", "customername"]),
    ("email", &["mail", "emails", "emailaddress", "mailaddress", "emailadres", "mailadres", "emailadresse",
        "mailadresse", "epost", "courriel", "adressemail", "adresseemail", "adresseelectronique", "correo",
        "correoelectronico", "direcciondecorreo", "workemail", "businessemail", "primaryemail", "email1",
        "emailcontact", "contactemail", "direcciondeemail", "direcciondecorreoelectronico", "zakelijkemail",
        "emailgeschaftlich"]),
    ("email2", &["secondemail", "secondaryemail", "otheremail", "homeemail", "privateemail", "mail2", "priveemail",
        "emailprivat", "autreemail", "otrocorreo"]),
    ("phone", &["telephone", "tel", "phonenumber", "telephonenumber", "telefoon", "telefoonnummer", "telefon",
        "telefonnummer", "rufnummer", "numerodetelephone", "telefono", "numerodetelefono", "workphone",
        "businessphone", "phone1", "telefonnr", "telnr", "telno", "phoneno", "telefoonnr", "notelephone",
        "ntelephone", "ndegtelephone", "ndegdetelephone", "numtelephone", "numtel", "telefonofijo", "telephonefixe",
        "festnetz", "vasttelefoonnummer", "contactphone"]),
    ("phone2", &["mobile", "mobilephone", "cell", "cellphone", "mobiel", "mobielnummer", "gsm", "mobil", "handy",
        "mobilnummer", "portable", "movil", "celular", "mobilenumber", "mobielenummer", "gsmnummer", "mobiltelefon",
        "handynummer", "telephonemobile", "telephoneportable", "mobilephonenumber", "telefonomovil", "numerodemovil",
        "otherphone"]),
    ("job_title", &["job", "jobtitle", "position", "role", "functie", "functietitel", "funktion", "poste", "fonction",
        "cargo", "puesto", "beruf", "berufsbezeichnung", "titelfunctie", "intituleduposte", "titredeposte",
        "titulodelpuesto", "cargoenlaempresa", "beroep"]),
    ("website", &["web", "url", "site", "homepage", "webseite", "internet", "siteweb", "sitioweb", "paginaweb",
        "webadresse", "webadres", "adresseweb", "companywebsite"]),
    ("language", &["lang", "taal", "sprache", "langue", "idioma"]),
    ("street", &["street1", "address", "address1", "addressline1", "straat", "adres", "strasse", "adresse",
        "anschrift", "rue", "calle", "direccion", "straatenhuisnummer", "strasseundhausnummer", "strassehausnummer",
        "streetaddress", "adresse1", "adres1", "direccion1", "callenumero"]),
    ("street2", &["address2", "addressline2", "adres2", "adresszusatz", "adresse2", "complement",
        "complementdadresse", "direccion2"]),
    ("city", &["town", "place", "stad", "plaats", "woonplaats", "ort", "stadt", "ville", "ciudad", "poblacion",
        "localidad", "wohnort", "gemeente", "commune", "municipio"]),
    ("state", &["province", "region", "county", "provincie", "bundesland", "departement", "provincia", "estado"]),
    ("postal_code", &["zip", "zipcode", "postcode", "postalcode", "plz", "postleitzahl", "codepostal", "cp",
        "codigopostal", "postnummer", "postalzip"]),
    ("country", &["countrycode", "land", "landcode", "pays", "pais", "countryname", "landname", "paisderesidencia"]),
    ("description", &["notes", "note", "comment", "comments", "remarks", "message", "opmerking", "opmerkingen",
        "omschrijving", "beschreibung", "bemerkung", "bemerkungen", "notiz", "notizen", "nachricht", "remarques",
        "commentaire", "notas", "descripcion", "observaciones", "beschrijving", "anmerkung", "anmerkungen", "bericht",
        "mensaje", "comentario", "comentarios", "remarque"]),
    ("tags", &["tag", "labels", "label", "schlagworte", "etiquettes", "etiquetas"]),
    ("priority", &["prio", "prioriteit", "prioritat", "priorite", "prioridad"]),
    ("source", &["leadsource", "origin", "bron", "herkomst", "quelle", "herkunft", "origine", "fuente", "origen",
        "leadbron", "leadquelle", "sourceduprospect", "procedencia"]),
    ("medium", &["channel", "kanaal", "kanal", "canal"]),
    ("campaign", &["campagne", "kampagne", "campana"]),
    ("referred_by", &["referredby", "referrer", "referral", "doorverwezendoor", "empfohlenvon", "recommandepar",
        "recomendadopor"]),
    ("expected_revenue", &["revenue", "amount", "value", "dealvalue", "dealamount", "omzet", "verwachteomzet", "bedrag",
        "umsatz", "erwarteterumsatz", "betrag", "wert", "montant", "revenuattendu", "chiffredaffaires", "importe",
        "ingresos", "ingresosesperados"]),
    ("currency", &["currencycode", "valuta", "wahrung", "devise", "moneda", "divisa"]),
    ("probability", &["chance", "kans", "waarschijnlijkheid", "wahrscheinlichkeit", "probabilite", "probabilidad"]),
    ("expected_close_date", &["closedate", "closingdate", "expectedclose", "expectedclosing", "sluitdatum",
        "abschlussdatum", "datedecloture", "fechadecierre", "expectedclosedate", "verwachtesluitdatum",
        "datedeclotureprevue", "fechaprevistadecierre", "voraussichtlichesabschlussdatum"]),
    ("type", &["leadtype", "recordtype"]),
];

/// The field that a header means, if it is known. Case, accents, spaces and punctuation do not matter.
pub fn guess(header: &str) -> Option<&'static str> {
    let folded: String = fold(header);
    if folded.is_empty() {
        return None;
    }
    let exact = FIELDS.iter().find(|field| fold(field) == folded);
    let listed = || {
        SYNONYMS
            .iter()
            .find(|(_, words)| words.contains(&folded.as_str()))
            .map(|(field, _)| field)
    };
    exact.or_else(listed).copied()
}

fn fold(text: &str) -> String {
    deunicode::deunicode(text)
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_fields() {
        let mut words: Vec<&str> = SYNONYMS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    #[test]
    fn every_synonym_is_written_as_headers_are_folded_and_means_a_field() {
        for (field, words) in SYNONYMS {
            assert!(FIELDS.contains(field), "{field}");
            for word in *words {
                assert_eq!(fold(word), *word);
            }
        }
    }

    #[test]
    fn case_accents_and_punctuation_do_not_matter() {
        assert_eq!(guess("E-Mail"), Some("email"));
        assert_eq!(guess(" e_mail address "), Some("email"));
        assert_eq!(guess("Straße"), Some("street"));
        assert_eq!(guess("shoe size"), None);
    }
}
