//! Pairs the words of two names with each other.

use super::{slips, sound};

/// How two words agree, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WordAgreement {
    /// Letter by letter.
    Exact,
    /// But for a slip of the keyboard.
    Close,
    /// By a rule of the caller, as nicknames.
    Related,
    /// One is the first letter of the other.
    Initial,
}

/// The pairs found and the words that found none.
#[derive(Debug, Default)]
pub(crate) struct Alignment<'a> {
    pub pairs: Vec<(WordAgreement, &'a str)>,
    pub left: Vec<&'a str>,
    pub right: Vec<&'a str>,
}

impl Alignment<'_> {
    /// How many pairs agree at least this well.
    pub fn at_least(&self, agreement: WordAgreement) -> usize {
        self.pairs.iter().filter(|(found, _)| *found <= agreement).count()
    }
}

/// Words beyond this many are not compared.
const MAX_WORDS: usize = 12;

/// Pairs the words, the best agreements first. Does not depend on which side is which.
pub(crate) fn align<'a>(a: &[&'a str], b: &[&'a str], related: fn(&str, &str) -> bool) -> Alignment<'a> {
    let (a, b) = (&a[..a.len().min(MAX_WORDS)], &b[..b.len().min(MAX_WORDS)]);
    let mut candidates = Vec::new();
    for (i, &x) in a.iter().enumerate() {
        for (j, &y) in b.iter().enumerate() {
            if let Some(agreement) = agree(x, y, related) {
                candidates.push((agreement, x.min(y), x.max(y), i, j));
            }
        }
    }
    candidates.sort();
    let (mut used_a, mut used_b) = ([false; MAX_WORDS], [false; MAX_WORDS]);
    let mut alignment = Alignment::default();
    for (agreement, word, _, i, j) in candidates {
        if !used_a[i] && !used_b[j] {
            used_a[i] = true;
            used_b[j] = true;
            alignment.pairs.push((agreement, word));
        }
    }
    alignment.left = unused(a, &used_a);
    alignment.right = unused(b, &used_b);
    alignment
}

/// Words that stand together on one side and apart on the other are joined: `anne marie` beside `annemarie`.
pub(crate) fn join_split_words<'a>(words: &'a [String], other: &'a [String]) -> Vec<&'a str> {
    let mut words: Vec<&str> = words.iter().take(MAX_WORDS).map(String::as_str).collect();
    for whole in other.iter().take(MAX_WORDS).filter(|whole| whole.len() >= 4) {
        if words.contains(&whole.as_str()) {
            continue;
        }
        if let Some((i, j)) = halves(&words, whole) {
            words[i] = whole;
            words.remove(j);
        }
    }
    words.sort_unstable();
    words
}

/// Two of the words that make `whole`, the one before the other.
fn halves(words: &[&str], whole: &str) -> Option<(usize, usize)> {
    words.iter().enumerate().find_map(|(i, front)| {
        let rest = whole.strip_prefix(front)?;
        let back = words.iter().enumerate().find(|(j, word)| *j != i && **word == rest);
        back.map(|(j, _)| (i, j))
    })
}

fn unused<'a>(words: &[&'a str], used: &[bool]) -> Vec<&'a str> {
    let unused = words.iter().zip(used).filter(|(_, used)| !**used);
    unused.map(|(word, _)| *word).collect()
}

fn agree(a: &str, b: &str, related: fn(&str, &str) -> bool) -> Option<WordAgreement> {
    if a == b {
        Some(WordAgreement::Exact)
    } else if is_slip(a, b) || sounds_alike(a, b) {
        Some(WordAgreement::Close)
    } else if related(a, b) {
        Some(WordAgreement::Related)
    } else if (a.len() == 1 && b.starts_with(a)) || (b.len() == 1 && a.starts_with(b)) {
        Some(WordAgreement::Initial)
    } else {
        None
    }
}

/// `Tod` and `Todd`, `Meyer` and `Maier`: the same letter at the beginning, the same sound, about as long.
fn sounds_alike(a: &str, b: &str) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    short >= 3 && long - short <= 2 && a.get(..1) == b.get(..1) && vowelled(a, b) && sound(a) == sound(b)
}

/// Short words differ by one letter at most.
fn vowelled(a: &str, b: &str) -> bool {
    let short = a.len().min(b.len());
    short <= 40 && slips::within(a, b, if short >= 5 { 2 } else { 1 })
}

/// One slip in four letters or more, two in nine or more, none among digits, and alike from the beginning.
fn is_slip(a: &str, b: &str) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    let allowed = if short >= 9 { 2 } else { 1 };
    let is_word = |word: &str| word.bytes().all(|b| b.is_ascii_alphabetic());
    // Two words, short enough for the quadratic distance.
    let comparable = short >= 4 && long <= 40 && long - short <= allowed && is_word(a) && is_word(b);
    comparable && slips::within(a, b, allowed) && strsim::jaro_winkler(a, b) >= 0.85
}
