//! Conformance vectors: small worlds, a few calls of the public API, and what must be true afterwards. They say in
//! executable form what `docs/rules.md` says in words. A file has one vector a line; `make conformance VECTORS=path`
//! runs any such file, this test the checked-in ones.
//!
//! The runner knows messages by the contract's descriptors only. It is pure where it compares: what an expectation looks
//! at and was not answered ([`seen`]) is read, and it is compared again.

mod answer;
mod client;
mod errors;
mod events;
mod expect;
mod given;
mod keyed;
mod members;
mod names;
mod not_yet;
mod operators;
mod outcome;
mod read;
mod request;
mod run;
mod same;
mod scene;
mod seen;
mod steps;
mod then;
mod vector;
mod view;

use crate::support::System;
use not_yet::NOT_YET;
use run::Verdict;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use vector::Vector;

/// Names a file of vectors to run instead of the checked-in ones; of those none is excused.
const FILE: &str = "OPPORTUNE_VECTORS";

#[tokio::test]
async fn every_vector_holds() -> Result<(), String> {
    let given = std::env::var_os(FILE).map(PathBuf::from);
    let excused: BTreeSet<&str> = match given {
        Some(_) => BTreeSet::new(),
        None => NOT_YET.iter().copied().collect(),
    };
    let files = given.map_or_else(checked_in, |file| vec![file]);
    let vectors: Vec<Vector> = files.iter().flat_map(|file| vector::read(file).unwrap()).collect();
    assert!(!vectors.is_empty(), "no vector in {files:?}");
    names_are_unique(&vectors);

    let system = System::start().await;
    let verdicts = run::run_all(&system, &vectors).await;
    let (passed, failed): (Vec<_>, Vec<_>) = verdicts.iter().partition(|verdict| verdict.differences.is_empty());
    let unexpected: Vec<&Verdict> = failed
        .into_iter()
        .filter(|verdict| !excused.contains(verdict.id.as_str()))
        .collect();
    for verdict in &unexpected {
        println!("FAILED {}", verdict.line());
    }
    println!("passed {} of {}", passed.len(), verdicts.len());
    let early: Vec<&str> = passed
        .iter()
        .map(|verdict| verdict.id.as_str())
        .filter(|id| excused.contains(id))
        .collect();
    let unknown = excused
        .iter()
        .filter(|id| !vectors.iter().any(|vector| vector.id == **id));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&&str>::new(), "are no vectors");
    assert_eq!(early, Vec::<&str>::new(), "hold and need no excuse any more");
    if unexpected.is_empty() {
        Ok(())
    } else {
        Err(format!("{} vectors do not hold", unexpected.len()))
    }
}

fn checked_in() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    files
}

fn names_are_unique(vectors: &[Vector]) {
    let mut names = BTreeSet::new();
    let twice: Vec<&str> = vectors
        .iter()
        .map(|vector| vector.id.as_str())
        .filter(|id| !names.insert(*id))
        .collect();
    assert_eq!(twice, Vec::<&str>::new(), "stand there twice");
}
