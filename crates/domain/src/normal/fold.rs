//! The folding that all normal forms share: one spelling for what people write in several ways.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// How much of a text is read, in characters. No name, address or phone number needs more.
pub const MAX_CHARS: usize = 2_000;

/// The text in NFKC, cut to [`MAX_CHARS`], without control and invisible characters, every white space a plain space.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_CHARS && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Cow::Borrowed(text); // As most texts are, and each is read often.
    }
    // Invisible characters go before the composition: they may stand between a letter and its accent.
    let visible = text.chars().take(MAX_CHARS).filter(|c| !is_invisible(*c));
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
    Cow::Owned(visible.nfkc().map(plain).take(MAX_CHARS).collect())
}

/// Lower-case ASCII: transliterated, accents dropped, German umlauts and their digraphs alike, so that `Müller`,
/// `Mueller` and `Muller` are one. Punctuation and spaces stay. Folding a folded text changes nothing.
pub fn fold(text: &str) -> String {
    let clean = clean(text);
    let mut ascii = if clean.is_ascii() {
        clean.into_owned()
    } else {
        let mut ascii = deunicode::deunicode_with_tofu(&clean, "");
        ascii.retain(|c| c == ' ' || c.is_ascii_graphic());
        ascii.truncate(MAX_CHARS);
        ascii
    };
    ascii.make_ascii_lowercase();
    match collapse_digraphs(&ascii) {
        Cow::Owned(collapsed) => collapsed,
        Cow::Borrowed(_) => ascii,
    }
}

/// Whether a word of the text has letters of the Latin script beside Cyrillic or Greek ones, which look the same and are
/// not: nobody writes so who does not mean to deceive.
pub fn mixes_scripts(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let foreign = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}' | '\u{531}'..='\u{587}');
    let latin = |c: char| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}');
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| word.chars().any(foreign) && word.chars().any(latin))
}

/// The letters and digits of a text as folded words. Apostrophes join (`O'Brien` is one word), all else parts.
pub fn tokens(text: &str) -> Vec<String> {
    let mut folded = fold(text);
    folded.retain(|c| !matches!(c, '\'' | '`'));
    folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| collapse_digraphs(word).into_owned())
        .collect()
}

/// The [`tokens`] of a text as one word.
pub fn glued(text: &str) -> Cow<'_, str> {
    let is_plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if is_plain && text.len() <= MAX_CHARS && matches!(collapse_digraphs(text), Cow::Borrowed(_)) {
        return Cow::Borrowed(text); // As most domains are, and they are asked very often.
    }
    Cow::Owned(tokens(text).concat())
}

/// `ae`, `oe` and `ue` become the plain vowel, unless a vowel or a `q` goes before (`bauer`, `question`) or another `e`
/// follows. Expects lower-case ASCII.
///
/// A prefix of a word folds to a prefix of the folded word (but for a double `e`), so search by prefix works.
pub(super) fn collapse_digraphs(word: &str) -> Cow<'_, str> {
    let bytes = word.as_bytes();
    let drops = |i: usize| {
        bytes[i] == b'e'
            && i >= 1
            && matches!(bytes[i - 1], b'a' | b'o' | b'u')
            && (i < 2 || !matches!(bytes[i - 2], b'a' | b'e' | b'i' | b'o' | b'u' | b'q'))
            && bytes.get(i + 1) != Some(&b'e')
    };
    if !(0..bytes.len()).any(drops) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(
        word.char_indices()
            .filter(|(i, _)| !drops(*i))
            .map(|(_, c)| c)
            .collect(),
    )
}

/// Characters that show nothing and only spoil comparison: controls, zero-width, direction marks, variation selectors.
fn is_invisible(c: char) -> bool {
    let format = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e01ef}');
    format || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::{clean, fold, glued, mixes_scripts, tokens};

    #[test]
    fn a_word_of_two_scripts_is_noticed() {
        assert!(mixes_scripts("P\u{430}ul Smith"));
        assert!(!mixes_scripts("Paul Иванов"));
        assert!(!mixes_scripts("Müller Łódź"));
    }

    #[test]
    fn an_umlaut_its_digraph_and_its_plain_vowel_are_one() {
        for name in [
            "Müller",
            "Mueller",
            "Muller",
            "MÜLLER",
            "Mu\u{308}ller",
            "M\u{200b}üller",
        ] {
            assert_eq!(fold(name), "muller", "{name}");
        }
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("Jørgensen"), fold("Joergensen"));
        assert_eq!(fold("Neue Frauen Queen"), "neue frauen queen");
    }

    #[test]
    fn other_scripts_are_transliterated() {
        assert_eq!(fold("Иван"), "ivan");
        assert_eq!(fold("Łódź"), "lodz");
        assert_eq!(tokens("北京"), ["bei", "jing"]);
    }

    #[test]
    fn what_is_ascii_already_takes_the_short_way_to_the_same() {
        for text in [
            "Ann  Lee\t& Co.",
            "a\u{1}b\u{7f}c",
            "O'Brien `x` \r\n",
            "JOE (CEO) <a@b.example>",
        ] {
            // A letter that only the long way knows, at the end, where it changes nothing before it.
            let accented = format!("{text}\u{e9}");
            let long = clean(&accented);
            assert_eq!(format!("{}\u{e9}", clean(text)), long);
            assert_eq!(format!("{}e", fold(text)), fold(&format!("{text}\u{e9}")));
        }
    }

    #[test]
    fn glued_words_are_the_tokens_without_what_parts_them() {
        for text in ["acme", "acme-tools24", "mueller", "O'Brien & Co", "bücher", "queue", ""] {
            assert_eq!(glued(text), tokens(text).concat(), "{text}");
        }
    }

    #[test]
    fn invisible_characters_and_odd_spaces_vanish() {
        assert_eq!(clean("a\u{200b}b\u{0}\u{a0}c\u{feff}\n"), "ab c ");
        assert_eq!(tokens("O\u{2019}Brien  d'Or"), ["obrien", "dor"]);
    }
}
