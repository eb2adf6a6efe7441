//! How many different names and numbers there are. Lists make a handful for each country, so that among a million people
//! hundreds have any name; in life most names are rare, and hardly anybody shares a number.

use rand::Rng;

use super::company::pick;
use super::locale::Locale;
use super::pattern::{chance, fill};

/// Names from the lists that stay as they are among blended ones, in per cent: common names are common in life, too.
const COMMON: u32 = 20;
/// Digits of a phone number that are drawn anew.
const FREE_DIGITS: usize = 6;

/// Where names and numbers come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Vocabulary {
    /// The lists; numbers that are set aside for fiction.
    #[default]
    Listed,
    /// Most family names are blended from two of the list, most companies are named after such a family, and numbers are
    /// drawn from all of a city's: for measuring with many leads, not for calling.
    Blended,
}

impl Vocabulary {
    /// A family name.
    pub(super) fn family(self, locale: &Locale, rng: &mut impl Rng) -> String {
        if self.is_listed(rng) {
            return pick(&locale.family, rng).to_owned();
        }
        let (first, second) = (pick(&locale.family, rng), pick(&locale.family, rng));
        let half = |text: &str| text.chars().count().div_ceil(2);
        let head = first.chars().take(half(first));
        head.chain(second.chars().skip(half(second))).collect()
    }

    /// What a company is called, without its legal form.
    pub(super) fn company(self, locale: &Locale, rng: &mut impl Rng) -> String {
        let second = pick(&locale.company_second, rng);
        let by_place = if self == Self::Listed { 6 } else { 2 };
        match rng.random_range(0..10) {
            kind if kind < by_place => format!("{} {second}", pick(&locale.company_first, rng)),
            0..8 => format!("{} {second}", self.family(locale, rng)),
            _ => format!("{} & {}", self.family(locale, rng), self.family(locale, rng)),
        }
    }

    /// A local phone number of this pattern.
    pub(super) fn phone(self, pattern: &str, rng: &mut impl Rng) -> String {
        let number = fill(pattern, rng);
        if self == Self::Listed {
            return number;
        }
        let digits = number.chars().filter(char::is_ascii_digit).count();
        let mut place = 0;
        let freed: String = number
            .chars()
            .map(|sign| {
                place += usize::from(sign.is_ascii_digit());
                if sign.is_ascii_digit() && place + FREE_DIGITS > digits {
                    '#'
                } else {
                    sign
                }
            })
            .collect();
        fill(&freed, rng)
    }

    fn is_listed(self, rng: &mut impl Rng) -> bool {
        self == Self::Listed || chance(COMMON, rng)
    }
}
