//! How well a model does on labelled records: the definitions of `score.py` of the labelled data.

mod errors;

use crate::records::Record;
use opportune_domain::keys::KeyKind;
use opportune_domain::similar::{Index, Model, Strength};
use opportune_domain::tenant::Settings;
use std::collections::HashMap;

/// A directed pair that was returned.
#[derive(Debug, Clone, Copy)]
struct Returned {
    query: u32,
    other: u32,
    score: f64,
    strong: bool,
    right: bool,
}

/// What was measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Of what is returned at the cut, how much is right.
    pub precision: f64,
    /// Of what is right, how much is returned at the cut.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// The best such mean at any cut, an oracle.
    pub best_f1: f64,
    /// Where that cut is.
    pub best_cut: f64,
    /// Of the right ones, how many are among the first five.
    pub recall_at_5: f64,
    /// The same at the cut.
    pub recall_at_5_cut: f64,
    /// Records without any duplicate for which something is returned at the cut.
    pub alerts: f64,
    /// Of what is STRONG, how much is right.
    pub strong_precision: f64,
    /// Of what is right, how much is STRONG.
    pub strong_recall: f64,
    /// Of the right pairs, how many share a key.
    pub complete: f64,
    /// Candidates a record.
    pub candidates: f64,
}

/// Records as the engine has them.
pub struct Bench<'r> {
    records: &'r [Record],
    settings: Settings,
    index: Index,
    without: Vec<KeyKind>,
    asked: usize,
}

impl<'r> Bench<'r> {
    /// Indexes the records. `without` leaves out kinds of keys, to see what they are good for.
    pub fn new(records: &'r [Record], without: &[KeyKind]) -> Self {
        let settings = Settings::default();
        let mut index = Index::default();
        for record in records {
            index.add(&settings, record.form(), None);
        }
        Self {
            records,
            settings,
            index,
            without: without.to_vec(),
            asked: records.len(),
        }
    }

    /// Of a crowd: only the first `count` records are asked about. The others are there to be taken for them; asked about
    /// themselves they, who have no duplicates, would count as many wrong pairs for each right one as no system has.
    pub fn asking(self, count: usize) -> Self {
        Self { asked: count, ..self }
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Calls `with` for each pair of candidates of which it can be told whether it is right.
    pub fn pairs(&self, mut with: impl FnMut(u32, u32, bool)) {
        for a in 0..self.asked as u32 {
            for b in self.index.candidates(a, &self.without) {
                if a < b && !self.dont_care(a, b) {
                    with(a, b, self.same(a, b));
                }
            }
        }
    }

    fn record(&self, number: u32) -> &Record {
        &self.records[number as usize]
    }

    fn same(&self, a: u32, b: u32) -> bool {
        self.record(a).cluster_id == self.record(b).cluster_id
    }

    /// One company, two contacts, and on one side nobody: neither right nor wrong.
    fn dont_care(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.record(a), self.record(b));
        a.cluster_id != b.cluster_id
            && !a.account_id.is_empty()
            && a.account_id == b.account_id
            && (a.is_anonymous() || b.is_anonymous())
    }

    /// Measures a model.
    pub fn measure(&self, model: &Model) -> Figures {
        let mut returned: Vec<Returned> = Vec::new();
        let mut candidates = 0;
        let mut found = 0;
        for query in 0..self.asked as u32 {
            for other in self.index.candidates(query, &self.without) {
                candidates += 1;
                if self.dont_care(query, other) {
                    continue;
                }
                let right = self.same(query, other);
                found += usize::from(right);
                if let Some(judgement) = self.index.judge(model, &self.settings, query, other) {
                    returned.push(Returned {
                        query,
                        other,
                        score: judgement.score,
                        strong: judgement.strength == Strength::Strong,
                        right,
                    });
                }
            }
        }
        let mut figures = self.figures(&mut returned);
        figures.candidates = ratio(candidates, self.asked);
        figures.complete = ratio(found, self.wanted().values().sum());
        figures
    }

    /// For each record that is asked about, how many others are the same contact.
    fn wanted(&self) -> HashMap<u32, usize> {
        let mut sizes: HashMap<&str, usize> = HashMap::new();
        for record in self.records {
            *sizes.entry(&record.cluster_id).or_default() += 1;
        }
        let others = |number: u32| sizes[self.record(number).cluster_id.as_str()] - 1;
        (0..self.asked as u32).map(|number| (number, others(number))).collect()
    }

    fn figures(&self, returned: &mut [Returned]) -> Figures {
        let cut = self.settings.probable_threshold;
        let wanted = self.wanted();
        let positives: usize = wanted.values().sum();
        let at_cut = |one: &&Returned| one.score >= cut;
        let count = returned.iter().filter(at_cut).count();
        let right = returned.iter().filter(at_cut).filter(|one| one.right).count();
        let strong = returned.iter().filter(|one| one.strong).count();
        let strong_right = returned.iter().filter(|one| one.strong && one.right).count();
        let (precision, recall) = (ratio(right, count), ratio(right, positives));
        let mut by_query: HashMap<u32, Vec<Returned>> = HashMap::new();
        for one in returned.iter() {
            by_query.entry(one.query).or_default().push(*one);
        }
        let (mut in_five, mut in_five_cut, mut with, mut alerts, mut singles) = (0.0, 0.0, 0, 0, 0);
        for (query, wanted) in &wanted {
            let mut list = by_query.remove(query).unwrap_or_default();
            list.sort_by(|x, y| y.score.total_cmp(&x.score).then(x.other.cmp(&y.other)));
            if *wanted == 0 {
                singles += 1;
                alerts += usize::from(list.iter().any(|one| one.score >= cut));
                continue;
            }
            with += 1;
            let most = (*wanted).min(5);
            let first = list.iter().take(5).filter(|one| one.right);
            in_five += ratio(first.clone().count(), most);
            in_five_cut += ratio(first.filter(|one| one.score >= cut).count(), most);
        }
        let (best_f1, best_cut) = best(returned, positives);
        Figures {
            precision,
            recall,
            f1: harmonic(precision, recall),
            best_f1,
            best_cut,
            recall_at_5: in_five / f64::from(with.max(1)),
            recall_at_5_cut: in_five_cut / f64::from(with.max(1)),
            alerts: ratio(alerts, singles),
            strong_precision: if strong == 0 { 1.0 } else { ratio(strong_right, strong) },
            strong_recall: ratio(strong_right, positives),
            complete: 0.0,
            candidates: 0.0,
        }
    }
}

/// The largest F1 at any cut.
fn best(returned: &mut [Returned], positives: usize) -> (f64, f64) {
    returned.sort_by(|x, y| y.score.total_cmp(&x.score));
    let (mut right, mut best) = (0, (0.0, 1.0));
    for (at, one) in returned.iter().enumerate() {
        right += usize::from(one.right);
        let last_of_tie = returned.get(at + 1).is_none_or(|next| next.score < one.score);
        let f1 = harmonic(ratio(right, at + 1), ratio(right, positives));
        if last_of_tie && f1 > best.0 {
            best = (f1, one.score);
        }
    }
    best
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) }
}

#[cfg(test)]
mod tests {
    use super::Bench;
    use crate::variants::{Columns, random, some};
    use crate::{own_files, records};
    use opportune_domain::similar::Model;

    /// The whole table is `make quality`; this notices when something breaks.
    #[test]
    fn the_built_in_weights_find_duplicates_in_a_part_of_the_labelled_records() {
        for file in own_files() {
            let part = some(&records::read(&file).unwrap(), 0.08, &mut random(1));
            let all = Bench::new(&part, &[]).measure(Model::builtin());
            assert!(all.f1 > 0.93 && all.best_f1 - all.f1 < 0.02, "{all:?}");
            assert!(all.strong_precision > 0.99 && all.alerts < 0.05, "{all:?}");
            for (columns, name) in Columns::EACH {
                let blanked = Bench::new(&columns.of(&part), &[]).measure(Model::builtin());
                assert!(blanked.best_f1 - blanked.f1 < 0.06, "{name}: {blanked:?}");
            }
        }
    }
}
