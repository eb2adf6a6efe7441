//! From labelled records to weights.

use crate::measure::Bench;
use crate::records::Record;
use crate::regression::{Sample, fit};
use crate::variants::{Columns, crowded, dropped, misspelt, random, some};
use opportune_domain::similar::{Activity, FEATURES, Features, Model, compare, prior};
use std::collections::BTreeMap;

/// Everything that is random begins here.
const SEED: u64 = 20_261_125;

/// Weights fitted to labelled records and to what they would look like in other systems.
pub fn fit_to(files: &[&[Record]]) -> BTreeMap<String, f64> {
    let mut samples = Vec::new();
    for (number, records) in files.iter().enumerate() {
        let mut rng = random(SEED + number as u64);
        for (columns, _) in Columns::EACH {
            gather(
                &mut samples,
                &columns.of(records),
                if columns == Columns::All { 3.0 } else { 1.0 },
            );
        }
        for share in [0.15, 0.3, 0.3, 0.45] {
            gather(&mut samples, &dropped(records, share, &mut rng), 1.0);
        }
        for share in [0.1, 0.25] {
            gather(&mut samples, &misspelt(records, share, &mut rng), 1.0);
            let sparse = dropped(records, 0.25, &mut rng);
            gather(&mut samples, &misspelt(&sparse, share, &mut rng), 1.0);
        }
        for share in [0.1, 0.3] {
            let few = some(records, share, &mut rng);
            gather(&mut samples, &few, 1.0);
            for (columns, _) in &Columns::EACH[1..] {
                gather(&mut samples, &columns.of(&few), 0.5);
            }
        }
        let many = crowded(records, 20_000, &mut rng);
        gather(&mut samples, &many, 0.5);
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

fn gather(samples: &mut Vec<Sample>, records: &[Record], weight: f64) {
    let bench = Bench::new(records, &[]);
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
