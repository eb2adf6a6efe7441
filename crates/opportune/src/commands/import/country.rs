//! Countries by their names.

/// Folded names and three-letter codes of countries that files often spell out.
#[rustfmt::skip]
const NAMES: &[(&str, &[&str])] = &[
    ("AT", &["aut", "austria", "osterreich", "oostenrijk", "autriche"]),
    ("AU", &["aus", "australia", "australien", "australie"]),
    ("BE", &["bel", "belgium", "belgie", "belgien", "belgique", "belgica"]),
    ("BR", &["bra", "brazil", "brasil", "brasilien", "brazilie", "bresil"]),
    ("CA", &["can", "canada", "kanada"]),
    ("CH", &["che", "switzerland", "schweiz", "suisse", "zwitserland", "suiza", "svizzera"]),
    ("CN", &["chn", "china", "chine"]),
    ("CZ", &["cze", "czechia", "czechrepublic", "tschechien", "tsjechie", "cesko"]),
    ("DE", &["deu", "ger", "germany", "deutschland", "duitsland", "allemagne", "alemania", "germania"]),
    ("DK", &["dnk", "denmark", "danmark", "danemark", "denemarken", "dinamarca"]),
    ("ES", &["esp", "spain", "spanien", "spanje", "espagne", "espana", "spagna"]),
    ("FI", &["fin", "finland", "finnland", "suomi", "finlande", "finlandia"]),
    ("FR", &["fra", "france", "frankreich", "frankrijk", "francia"]),
    ("GB", &["gbr", "uk", "unitedkingdom", "greatbritain", "england", "scotland", "wales", "grossbritannien",
        "verenigdkoninkrijk", "royaumeuni", "reinounido"]),
    ("IE", &["irl", "ireland", "irland", "ierland", "irlande", "irlanda"]),
    ("IN", &["ind", "india", "indien", "inde"]),
    ("IT", &["ita", "italy", "italien", "italie", "italia"]),
    ("JP", &["jpn", "japan", "japon"]),
    ("LU", &["lux", "luxembourg", "luxemburg", "luxemburgo"]),
    ("MX", &["mex", "mexico", "mexiko", "mexique"]),
    ("NL", &["nld", "netherlands", "thenetherlands", "holland", "nederland", "niederlande", "paysbas",
        "paisesbajos"]),
    ("NO", &["nor", "norway", "norwegen", "norge", "noorwegen", "norvege", "noruega"]),
    ("PL", &["pol", "poland", "polen", "polska", "pologne", "polonia"]),
    ("PT", &["prt", "portugal"]),
    ("SE", &["swe", "sweden", "schweden", "sverige", "zweden", "suede", "suecia"]),
    ("US", &["usa", "unitedstates", "unitedstatesofamerica", "vereinigtestaaten", "verenigdestaten", "etatsunis",
        "estadosunidos"]),
];

/// The code of a country given as code or name; what is neither comes back as it is, for the server to judge.
pub fn code(text: &str) -> String {
    let text = text.trim();
    let folded: String = deunicode::deunicode(text)
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match NAMES.iter().find(|(_, names)| names.contains(&folded.as_str())) {
        Some((code, _)) => (*code).to_owned(),
        None if text.len() == 2 => text.to_ascii_uppercase(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn names_and_codes_are_understood_and_nonsense_stays() {
        assert_eq!(code("Deutschland"), "DE");
        assert_eq!(code("España"), "ES");
        assert_eq!(code("uk"), "GB");
        assert_eq!(code("nl"), "NL");
        assert_eq!(code("Atlantis"), "Atlantis");
    }
}
