//! Pairs of similar records, told to both of the two.

use std::collections::HashSet;
use std::sync::Arc;

use opportune_domain::similar::{Evidence, Judgement, Strength};

/// A record that is similar to another one.
#[derive(Debug, Clone)]
pub struct Similar {
    /// Its number.
    pub other: u32,
    /// Probability that it is the same, 0 to 1.
    pub score: f64,
    /// How sure that is.
    pub strength: Strength,
    /// Why, strongest first.
    pub reasons: Arc<str>,
}

/// What is similar to each record, as far as it is known.
pub struct Pairs {
    of: Vec<Vec<Similar>>,
    /// Few sets of reasons are shared by very many pairs.
    texts: HashSet<Arc<str>>,
}

impl Pairs {
    /// Nothing is known of `count` records.
    pub fn new(count: usize) -> Self {
        Self {
            of: vec![Vec::new(); count],
            texts: HashSet::new(),
        }
    }

    /// A record and those it was found to be similar to.
    pub fn add(&mut self, one: u32, others: Vec<(u32, Judgement)>) {
        for (other, judgement) in others {
            let found = Similar {
                other,
                score: judgement.score,
                strength: judgement.strength,
                reasons: self.text(&judgement.reasons),
            };
            self.of[other as usize].push(Similar {
                other: one,
                ..found.clone()
            });
            self.of[one as usize].push(found);
        }
    }

    /// What is similar to a record, best first; of equal ones the newest first. It is forgotten.
    pub fn take(&mut self, one: u32, most: usize) -> Vec<Similar> {
        let mut found = std::mem::take(&mut self.of[one as usize]);
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.other.cmp(&a.other)));
        found.truncate(most);
        found
    }

    fn text(&mut self, reasons: &[Evidence]) -> Arc<str> {
        let texts: Vec<&str> = reasons.iter().map(|piece| piece.detail).collect();
        let text = texts.join("; ");
        if let Some(known) = self.texts.get(text.as_str()) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        self.texts.insert(text.clone());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Pairs;
    use opportune_domain::similar::{Judgement, Strength};

    fn judgement(score: f64) -> Judgement {
        Judgement {
            score,
            strength: Strength::Possible,
            reasons: Vec::new(),
            relation: None,
        }
    }

    #[test]
    fn both_of_a_pair_hear_of_it_and_the_best_comes_first() {
        let mut pairs = Pairs::new(4);
        pairs.add(0, vec![(1, judgement(0.2)), (3, judgement(0.9))]);
        let others = |found: Vec<super::Similar>| found.iter().map(|one| one.other).collect::<Vec<_>>();
        assert_eq!(others(pairs.take(0, 10)), [3, 1]);
        pairs.add(1, vec![(2, judgement(0.2)), (3, judgement(0.2))]);
        assert_eq!(
            others(pairs.take(1, 2)),
            [3, 2],
            "of equal ones the newest, and no more than asked for"
        );
        assert_eq!(others(pairs.take(3, 10)), [0, 1]);
        assert!(pairs.take(3, 10).is_empty());
    }
}
