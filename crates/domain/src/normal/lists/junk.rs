//! What people type where they have nothing to say, as the folding writes it, words written together.

/// Means nothing as the name of a company or of a person. Sorted.
#[rustfmt::skip]
pub const JUNK: &[&str] = &[
    "0", "00", "000", "0000", "1", "11", "111", "123", "1234", "12345", "123456", "aaa", "abc", "anonym", "anonymous",
    "anonymus", "asd", "asdf", "asdfg", "asdfgh", "aucun", "aucune", "bar", "beispiel", "bla", "blabla", "blah",
    "blank", "default", "desconocido", "dummy", "empty", "example", "fake", "foo", "foobar", "inconnu", "ipsum",
    "kein", "keine", "keineangabe", "keiner", "leer", "lol", "lorem", "muster", "na", "nada", "name", "nan", "nichts",
    "niente", "nil", "no", "nobody", "nocompany", "nocompanyname", "non", "noname", "none", "notapplicable",
    "notavailable", "notgiven", "nothing", "notprovided", "notspecified", "null", "ohne", "onbekend", "placeholder",
    "qwe", "qwert", "qwerty", "qwertz", "rien", "sample", "sconosciuto", "tba", "tbd", "test", "teste", "tester",
    "testing", "tests", "todo", "unbekannt", "undefined", "unknown", "x", "xx", "xxx", "xxxx", "xxxxx", "yyy", "zzz",
];

/// Means nothing as the name of a company. Sorted.
#[rustfmt::skip]
pub const COMPANY_JUNK: &[&str] = &[
    "azienda", "bedrijf", "business", "company", "companyname", "empresa", "firma", "firmenname", "freelance",
    "freelancer", "freiberufler", "freiberuflich", "home", "homeowner", "individual", "individuo", "me",
    "mycompanyname", "myself", "organisation", "organization", "particular", "particulier", "personal", "privat",
    "private", "privateperson", "privatkunde", "privato", "privatperson", "retired", "selbstandig", "selbststandig",
    "self", "selfemployed", "selfemployment", "societe", "student", "unemployed", "unternehmen", "yourcompany",
];

/// Means nothing as the name of a person. Sorted.
#[rustfmt::skip]
pub const PERSON_JUNK: &[&str] = &[
    "admin", "administrator", "ansprechpartner", "anyone", "besucher", "client", "cliente", "contact", "customer",
    "damenundherren", "firstname", "fullname", "gast", "gust", "inhaber", "interessent", "kontakt", "kunde", "kundin",
    "lastname", "lead", "myname", "nachname", "owner", "person", "prospect", "sirmadam", "somebody", "someone",
    "surname", "tosirormadam", "user", "visitor", "vorname", "yourname",
];
