//! The table of `make quality`.

mod ablation;

use crate::crowd::crowded;
use crate::fitting::model_of;
use crate::measure::{Bench, Figures};
use crate::own_files;
use crate::records::{self, Record};
use crate::variants::{Columns, account, dropped, misspelt, random};
use opportune_domain::keys::KeyKind;
use opportune_domain::similar::Model;
use std::collections::{BTreeMap, HashMap};

/// Another seed than that of the fit.
const SEED: u64 = 7_000;

/// Prints how well weights do that were fitted to other records.
///
/// # Errors
/// The labelled files cannot be read.
pub fn run(quick: bool, errors: usize, ablation: bool, without: &[String]) -> anyhow::Result<()> {
    let files = own_files()
        .iter()
        .map(|file| records::read(file))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (ordinary, heavy) = (&files[0], &files[1]);
    header();
    for (fitted, name, measured) in [(heavy, "ordinary", ordinary), (ordinary, "heavy", heavy)] {
        let model = model_of(&[fitted]);
        variants(&model, name, measured, &[]);
        if !without.is_empty() {
            println!("without all of these keys: {}", without.join(", "));
            variants(&model, name, measured, &ablation::kinds(without)?);
        }
        if errors > 0 {
            show_errors(&model, measured, errors);
        }
        if ablation {
            ablation::keys(&model, measured);
            ablation::fields(&model, measured);
        }
        if quick {
            continue;
        }
        rates(&model, name, measured);
    }
    if !quick {
        locales(&files);
    }
    Ok(())
}

fn header() {
    println!(
        "{:52} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>7} {:>6} {:>6}",
        "measured", "P", "R", "F1", "best", "cut", "r@5", "r@5cut", "alert", "strongP", "strongR", "keys", "cands"
    );
}

fn line(name: &str, figures: &Figures) {
    println!(
        "{name:52} {:6.3} {:6.3} {:6.3} {:6.3} {:6.3} {:6.3} {:6.3} {:6.3} {:7.4} {:7.3} {:6.3} {:6.1}",
        figures.precision,
        figures.recall,
        figures.f1,
        figures.best_f1,
        figures.best_cut,
        figures.recall_at_5,
        figures.recall_at_5_cut,
        figures.alerts,
        figures.strong_precision,
        figures.strong_recall,
        figures.complete,
        figures.candidates
    );
}

fn variants(model: &Model, file: &str, records: &[Record], without: &[KeyKind]) {
    for (columns, name) in Columns::EACH {
        line(
            &format!("{file}: {name}"),
            &Bench::new(&columns.of(records), without).measure(model),
        );
    }
}

fn rates(model: &Model, file: &str, records: &[Record]) {
    let mut rng = random(SEED);
    for share in [0.1, 0.3] {
        let other = misspelt(records, share, &mut rng);
        line(
            &format!("{file}: slips in {share} of the fields"),
            &Bench::new(&other, &[]).measure(model),
        );
    }
    for share in [0.2, 0.4] {
        let other = dropped(records, share, &mut rng);
        line(
            &format!("{file}: {share} of the fields dropped"),
            &Bench::new(&other, &[]).measure(model),
        );
    }
    let few = crate::variants::some(records, 0.1, &mut rng);
    line(
        &format!("{file}: a tenth of the records"),
        &Bench::new(&few, &[]).measure(model),
    );
    let many = crowded(records, 90_000, &mut rng);
    line(
        &format!("{file}: among 100,000 records"),
        &Bench::new(&many, &[]).asking(records.len()).measure(model),
    );
}

/// Fits to the records of all countries but one, and measures there.
fn locales(files: &[Vec<Record>]) {
    let homes: Vec<HashMap<String, String>> = files.iter().map(|records| homes(records)).collect();
    for country in ["US", "DE", "FR", "NL", "GB", "ES", "PL", "IT", "JP"] {
        let split = |here: bool| -> Vec<Vec<Record>> {
            let of = |(records, homes): (&Vec<Record>, &HashMap<String, String>)| -> Vec<Record> {
                let is_here = |record: &&Record| (homes[account(record)] == country) == here;
                records.iter().filter(is_here).cloned().collect()
            };
            files.iter().zip(&homes).map(of).collect()
        };
        let (elsewhere, here) = (split(false), split(true));
        let elsewhere: Vec<&[Record]> = elsewhere.iter().map(Vec::as_slice).collect();
        let model = model_of(&elsewhere);
        for (name, records) in ["ordinary", "heavy"].iter().zip(&here) {
            line(
                &format!("{name}: {country} held out"),
                &Bench::new(records, &[]).measure(&model),
            );
        }
    }
}

/// The country that most records of a company have.
fn homes(records: &[Record]) -> HashMap<String, String> {
    let mut votes: HashMap<&str, BTreeMap<&str, usize>> = HashMap::new();
    for record in records {
        let countries = votes.entry(account(record)).or_default();
        *countries.entry(&record.country).or_default() += usize::from(!record.country.is_empty());
    }
    let most = |countries: &BTreeMap<&str, usize>| {
        countries
            .iter()
            .max_by_key(|(_, count)| **count)
            .map_or("", |(country, _)| *country)
            .to_owned()
    };
    votes
        .into_iter()
        .map(|(account, countries)| (account.to_owned(), most(&countries)))
        .collect()
}

fn show_errors(model: &Model, records: &[Record], most: usize) {
    let bench = Bench::new(records, &[]);
    let errors = bench.errors(model);
    for (kind, list) in [
        ("STRONG, but two contacts", errors.strong),
        ("found, but two contacts", errors.wrong),
        ("one contact, but not found", errors.missing),
    ] {
        println!("{kind}: {}", list.len());
        let stride = (list.len() / most).max(1);
        for (a, b, score) in list.into_iter().step_by(stride).take(most) {
            println!("  {score:.3}");
            for number in [a, b] {
                println!("      {}", one_line(&records[number as usize]));
            }
            if let Some(judgement) = bench.index().judge(model, bench.settings(), a, b) {
                let reasons: Vec<String> = judgement
                    .reasons
                    .iter()
                    .map(|piece| format!("{} {:+.1}", piece.detail, piece.weight))
                    .collect();
                println!("      {}", reasons.join("; "));
            }
        }
    }
}

fn one_line(record: &Record) -> String {
    [
        &record.given_name,
        &record.family_name,
        &record.company,
        &record.email,
        &record.phone,
        &record.street,
        &record.city,
        &record.postal_code,
        &record.country,
    ]
    .map(String::as_str)
    .join(" | ")
}
