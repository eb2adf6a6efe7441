//! Postal addresses, as far as two of them can be compared: house, street, and postal code or city.

use super::fold;
use super::lists::{self, junk, people};
use super::slips;
use serde::{Deserialize, Serialize};

/// Words that begin a part of a building, not of a street.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "apartment", "app", "appartement", "apt", "attn", "bis", "bldg", "building", "co", "dept", "etage", "etg", "flat",
    "floor", "geschoss", "haus", "hinterhaus", "hof", "level", "nr", "no", "og", "piso", "planta", "postfach", "room",
    "ste", "stiege", "stock", "stockwerk", "suite", "top", "tur", "unit", "whg", "wohnung",
];

/// What people write short in streets, as the folding writes it. The German and Dutch endings are seen to in [`short_word`].
#[rustfmt::skip]
const SHORT: &[(&str, &str)] = &[
    ("avenida", "ave"), ("avenu", "ave"), ("av", "ave"), ("avda", "ave"), ("boulevard", "blvd"), ("bd", "blvd"),
    ("boul", "blvd"), ("circle", "cir"), ("close", "cl"), ("court", "ct"), ("crescent", "cres"), ("drive", "dr"),
    ("east", "e"), ("highway", "hwy"), ("lane", "ln"), ("north", "n"), ("parkway", "pkwy"), ("place", "pl"),
    ("platz", "pl"), ("plaza", "pl"), ("plein", "pl"), ("road", "rd"), ("saint", "st"), ("sankt", "st"),
    ("south", "s"), ("square", "sq"), ("street", "st"), ("terrace", "ter"), ("west", "w"),
];

/// The comparable form of a postal address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AddressForm {
    /// Postal code without spaces and country prefix, may be empty.
    pub postal: String,
    /// House number with its letter, never empty.
    pub house: String,
    /// Street in one word, common words short, never empty.
    pub street: String,
    /// City in one word, may be empty if the postal code is not.
    pub city: String,
    /// Country code in lower case, may be empty.
    pub country: String,
}

/// The comparable form; none without a street, a house number and at least one of postal code and city. Never fails.
pub fn address(street: &str, street2: &str, city: &str, postal_code: &str, country: &str) -> Option<AddressForm> {
    let (street, house) = [street, street2].into_iter().find_map(street_and_house)?;
    let (city_words, code_in_city) = split_city(city);
    let given = postal(postal_code);
    let form = AddressForm {
        postal: if given.is_empty() { code_in_city } else { given },
        house,
        street,
        city: city_words,
        country: fold::glued(country).into_owned(),
    };
    (!form.postal.is_empty() || !form.city.is_empty()).then_some(form)
}

/// What is known of a place, any part of it possibly empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// House number with its letter.
    pub house: String,
    /// Telling words of the street, common ones left out.
    pub street: Vec<String>,
    /// City in one word.
    pub city: String,
    /// Postal code as in [`AddressForm`].
    pub postal: String,
    /// Country code in lower case.
    pub country: String,
}

/// What is known of a place. Never fails; junk leaves parts empty.
pub fn place(street: &str, street2: &str, city: &str, postal_code: &str, country: &str) -> Place {
    let numbered = [street, street2].into_iter().find_map(numbered_part);
    let unnumbered = || {
        street
            .split(',')
            .take(8)
            .map(street_words)
            .find(|words| !words.is_empty())
    };
    let (words, house) = numbered.unwrap_or_else(|| (unnumbered().unwrap_or_default(), String::new()));
    let (city, code_in_city) = split_city(city);
    let given = postal(postal_code);
    let zeros = |text: &str| text.bytes().all(|b| b == b'0');
    let unless_junk = |text: String| {
        if zeros(&text) || lists::contains(junk::JUNK, &text) {
            String::new()
        } else {
            text
        }
    };
    let telling = |word: &String| word.len() > 1 && !is_street_kind(word) && !lists::contains(people::PARTICLES, word);
    let mut telling_words: Vec<String> = words
        .iter()
        .filter(|word| telling(word))
        .map(|word| stem_of_street(word))
        .collect();
    if telling_words.is_empty() {
        telling_words = words;
    }
    let is_junk = lists::contains(junk::JUNK, &telling_words.concat());
    Place {
        house: if is_junk { String::new() } else { house },
        street: if is_junk { Vec::new() } else { telling_words },
        city: unless_junk(lists::cities::one_name(&city).to_owned()),
        postal: unless_junk(if given.is_empty() { code_in_city } else { given }),
        country: fold::glued(country).into_owned(),
    }
}

/// Words that say what kind of street it is, beside those of [`SHORT`].
#[rustfmt::skip]
const STREET_KINDS: &[&str] = &[
    "allee", "alley", "aleja", "al", "ave", "blvd", "c", "calle", "camino", "canale", "carretera", "chaussee", "chemin",
    "cir", "cl", "corso", "cres", "ct", "dr", "dreef", "gasse", "hwy", "laan", "largo", "ln", "os", "osiedle", "paseo",
    "pasaje", "passage", "piazza", "pkwy", "pl", "plac", "plaats", "plaza", "quai", "r", "rd", "ronda", "route", "rua",
    "rue", "sq", "st", "str", "strada", "strasse", "straat", "ter", "ul", "ulica", "urbanizacion", "via", "viale",
    "vicolo", "way", "weg",
];

fn is_street_kind(word: &str) -> bool {
    STREET_KINDS.contains(&word) || SHORT.iter().any(|(long, _)| *long == word)
}

fn stem_of_street(word: &str) -> String {
    let short = short_word(word);
    short
        .strip_suffix("str")
        .filter(|stem| stem.len() >= 3)
        .map_or(short.clone(), str::to_owned)
}

/// The words of the street and the house number, from the first part of the line that holds both.
fn numbered_part(line: &str) -> Option<(Vec<String>, String)> {
    let (words, house) = street_words_and_house(line)?;
    let telling = words.iter().any(|word| word.bytes().any(|b| b.is_ascii_alphabetic()));
    telling.then_some((words, house))
}

/// Whether both are the same house: equal street, house number, and postal code or city, not in different countries.
pub fn same_address(a: &AddressForm, b: &AddressForm) -> bool {
    let agree = |x: &str, y: &str| !x.is_empty() && x == y;
    let same_place = agree(&a.postal, &b.postal) || agree(&a.city, &b.city);
    let other_country = !a.country.is_empty() && !b.country.is_empty() && a.country != b.country;
    a.house == b.house && same_street(&a.street, &b.street) && same_place && !other_country
}

/// Equal but for one slip of the keyboard in a long name.
fn same_street(a: &str, b: &str) -> bool {
    let comparable = a.len().min(b.len()) >= 8 && a.len().max(b.len()) <= 100;
    a == b || (comparable && slips::within(a, b, 1))
}

/// Street in one word and house number, from the first part of the line that holds both.
fn street_and_house(line: &str) -> Option<(String, String)> {
    let (street, house) = street_words_and_house(line)?;
    let street: String = street.iter().map(|word| short_word(word)).collect();
    street
        .bytes()
        .any(|b| b.is_ascii_alphabetic())
        .then_some((street, house))
}

fn street_words_and_house(line: &str) -> Option<(Vec<String>, String)> {
    let cleaned = fold::clean(line);
    let parts: Vec<Vec<String>> = cleaned
        .split([',', '\u{3001}', ';'])
        .take(8)
        .map(street_words)
        .collect();
    let numbered = parts
        .iter()
        .position(|words| words.iter().any(|word| is_house_number(word)))?;
    let (house, mut street) = take_house(&parts[numbered])?;
    if street.is_empty() {
        // `5, rue de la Paix` and `Calle Mayor, 5`.
        let neighbour = parts.get(numbered + 1).filter(|words| !words.is_empty());
        street = neighbour.or_else(|| parts.get(numbered.checked_sub(1)?))?.clone();
    }
    Some((street, house))
}

/// The words of a part up to the first that leads into the building.
fn street_words(part: &str) -> Vec<String> {
    let words = fold::tokens(part);
    words
        .into_iter()
        .take_while(|word| !UNITS.contains(&word.as_str()))
        .take(12)
        .collect()
}

/// The house number (a leading one, else the last) and the words without it.
fn take_house(words: &[String]) -> Option<(String, Vec<String>)> {
    let last = words.iter().rposition(|word| is_house_number(word))?;
    let leads = is_house_number(&words[0]);
    // `12-14` and `12/3` are two words: the first of the run counts.
    let run_start = (0..=last).rev().take_while(|i| is_house_number(&words[*i])).last()?;
    let at = if leads { 0 } else { run_start };
    let after = words[at..].iter().take_while(|word| is_house_number(word)).count();
    let mut house = words[at].trim_start_matches('0').to_owned();
    let mut rest = at + after;
    let letter = words
        .get(rest)
        .filter(|word| !leads && word.len() == 1 && after == 1 && word.bytes().all(|b| b.is_ascii_alphabetic()));
    if let Some(letter) = letter.filter(|_| house.bytes().all(|b| b.is_ascii_digit())) {
        house.push_str(letter);
        rest += 1;
    }
    // What follows a number at the end belongs to the house (`Hauptstr. 5 links`), what follows a leading one is the street.
    let street = if leads {
        words[rest..].to_vec()
    } else {
        words[..at].to_vec()
    };
    Some((house, street))
}

/// Digits with one letter at most: `12`, `12a`, not `5th`.
fn is_house_number(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    (1..=5).contains(&digits) && word.len() - digits <= 1 && word.bytes().any(|b| matches!(b, b'1'..=b'9'))
}

fn short_word(word: &str) -> String {
    if let Some((_, short)) = SHORT.iter().find(|(long, _)| *long == word) {
        return (*short).to_owned();
    }
    for ending in ["strasse", "straat", "strase"] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}str");
        }
    }
    word.to_owned()
}

/// The postal code in one word: no country prefix before digits, no four digits after an American one.
fn postal(text: &str) -> String {
    let words = fold::tokens(text);
    let is_digits = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    if let [first, second] = words.as_slice()
        && first.len() == 5
        && second.len() == 4
        && is_digits(first)
        && is_digits(second)
    {
        return first.clone();
    }
    let code = words.concat();
    let digits = code.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_prefixed = code.len() - digits.len() <= 2 && digits.len() >= 4 && is_digits(digits);
    if is_prefixed { digits.to_owned() } else { code }
}

/// The city in one word, and a postal code that stands in front of it.
fn split_city(text: &str) -> (String, String) {
    let words = fold::tokens(text);
    let has_digit = |word: &&String| word.bytes().any(|b| b.is_ascii_digit());
    let code = words
        .first()
        .filter(has_digit)
        .map(|word| postal(word))
        .filter(|code| code.len() >= 4);
    // Numbers are districts or sorting offices: `Wien 10`, `Paris Cedex 08`.
    let city = words
        .iter()
        .filter(|word| !has_digit(word) && word.as_str() != "cedex")
        .map(String::as_str)
        .collect();
    (city, code.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{AddressForm, address, same_address};

    fn form(street: &str, city: &str, code: &str) -> AddressForm {
        address(street, "", city, code, "").expect("a comparable address")
    }

    #[test]
    fn one_house_is_written_in_many_ways() {
        let pairs = [
            (
                ("Hauptstraße 12 a", "München", "80331"),
                ("Hauptstr. 12A", "Muenchen", "D-80331"),
            ),
            (
                ("12 Main Street, Apt 4", "Springfield", "12345-6789"),
                ("12 Main St.", "Springfield", "12345"),
            ),
            (
                ("5, rue de la Paix", "Paris Cedex 08", ""),
                ("5 Rue de la Paix", "Paris", "75002"),
            ),
            (
                ("Calle Mayor, 5", "Madrid", ""),
                ("calle mayor 5, 3º", "MADRID", "28013"),
            ),
            (
                ("Straße des 17. Juni 135", "Berlin", ""),
                ("Strasse des 17. Juni 135", "Berlin", "10623"),
            ),
            (("350 5th Avenue", "New York", "10118"), ("350 5th Ave", "NYC", "10118")),
            (("Dorpsstraat 3", "", "1234 AB"), ("Dorpsstr. 3", "Utrecht", "1234ab")),
        ];
        for ((a, a_city, a_code), (b, b_city, b_code)) in pairs {
            let (a, b) = (form(a, a_city, a_code), form(b, b_city, b_code));
            assert!(same_address(&a, &b) && same_address(&b, &a), "{a:?} {b:?}");
        }
    }

    #[test]
    fn another_house_street_or_country_is_another_address() {
        let here = form("Hauptstr. 12", "Berlin", "10115");
        for other in [
            form("Hauptstr. 13", "Berlin", "10115"),
            form("Nebenstr. 12", "Berlin", "10115"),
            form("Hauptstr. 12", "Köln", "50667"),
        ] {
            assert!(!same_address(&here, &other), "{other:?}");
        }
        let german = AddressForm {
            country: "de".to_owned(),
            ..here.clone()
        };
        let austrian = AddressForm {
            country: "at".to_owned(),
            ..here
        };
        assert!(!same_address(&german, &austrian));
    }

    #[test]
    fn what_cannot_be_compared_has_no_form() {
        assert_eq!(address("", "", "Berlin", "10115", "DE"), None);
        assert_eq!(address("Hauptstr.", "", "Berlin", "10115", "DE"), None);
        assert_eq!(address("Hauptstr. 12", "", "", "", "DE"), None);
        assert_eq!(address("12", "34", "Berlin", "10115", "DE"), None);
    }

    #[test]
    fn the_second_line_is_read_when_the_first_has_no_house() {
        let form = address("Acme Center", "Main Street 7", "1100 Wien", "", "AT").expect("a comparable address");
        assert_eq!(
            (
                form.street.as_str(),
                form.house.as_str(),
                form.postal.as_str(),
                form.city.as_str()
            ),
            ("mainst", "7", "1100", "wien")
        );
    }
}
