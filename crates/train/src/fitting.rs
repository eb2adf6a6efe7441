//! From labelled records to weights.

use crate::crowd::crowded;
use crate::measure::Bench;
use crate::records::Record;
use crate::regression::{Sample, fit};
use crate::variants::{Columns, dropped, misspelt, random, some};
use opportune_domain::similar::{Activity, FEATURES, Features, Model, compare, prior};
use std::collections::BTreeMap;

/// Everything that is random begins here.
const SEED: u64 = 20_261_125;
const CROWD_SEED: u64 = 20_261_126;

/// Strangers among whom the records are looked for.
const CROWD: usize = 40_000;

/// Weights fitted to labelled records and to what they would look like in other systems.
pub fn fit_to(files: &[&[Record]]) -> BTreeMap<String, f64> {
    let mut samples = Vec::new();
    let mut add = |records: &[Record], weight: f64| gather(&mut samples, &Bench::new(records, &[]), weight);
    for (number, records) in files.iter().enumerate() {
        let mut rng = random(SEED + number as u64);
        for (columns, _) in Columns::EACH {
            add(&columns.of(records), if columns == Columns::All { 3.0 } else { 1.0 });
        }
        for share in [0.15, 0.3, 0.3, 0.45] {
            add(&dropped(records, share, &mut rng), 1.0);
        }
        for share in [0.1, 0.25] {
            add(&misspelt(records, share, &mut rng), 1.0);
            let sparse = dropped(records, 0.25, &mut rng);
            add(&misspelt(&sparse, share, &mut rng), 1.0);
        }
        for share in [0.1, 0.3] {
            let few = some(records, share, &mut rng);
            add(&few, 1.0);
            for (columns, _) in &Columns::EACH[1..] {
                add(&columns.of(&few), 0.5);
            }
        }
    }
    for (number, records) in files.iter().enumerate() {
        let mut rng = random(CROWD_SEED + number as u64);
        let many = crowded(records, CROWD, &mut rng);
        gather(&mut samples, &Bench::new(&many, &[]).asking(records.len()), 1.0);
    }
    let weights = fit(&samples);
    let features = Features::all();
    let rounded = |weight: f64| (weight * 1_000.0).round() / 1_000.0;
    (0..FEATURES)
        .map(|feature| (features.name(feature).to_owned(), rounded(weights[feature])))
        .collect()
}

/// The same as a model.
pub fn model_of(files: &[&[Record]]) -> Model {
    Model::new(&fit_to(files))
}

fn gather(samples: &mut Vec<Sample>, bench: &Bench<'_>, weight: f64) {
    let index = bench.index();
    let offset = prior(index.len() as u64);
    bench.pairs(|a, b, same| {
        let comparison = compare(bench.settings(), index.form(a), index.form(b), index.rarity(a, b));
        samples.push(Sample {
            active: Activity::of(&comparison).all(),
            offset,
            weight,
            same,
        });
    });
}
