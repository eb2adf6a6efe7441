//! Policies look under few keys; these find what is STRONG.

use crate::measure::Bench;
use crate::variants::{random, some};
use crate::{own_files, records};
use opportune_domain::similar::{Model, Strength, policy_keys};

#[test]
fn nearly_everything_that_is_strong_shares_a_key_that_policies_look_under() {
    for file in own_files() {
        let part = some(&records::read(&file).unwrap(), 0.2, &mut random(2));
        let bench = Bench::new(&part, &[]);
        let (index, settings) = (bench.index(), bench.settings());
        let (mut strong, mut missed) = (0, 0);
        bench.pairs(|a, b, _| {
            let (one, other) = (index.form(a), index.form(b));
            let found = index.judge(Model::builtin(), settings, a, b);
            if found.is_some_and(|found| found.strength == Strength::Strong) {
                strong += 1;
                missed += usize::from(policy_keys(settings, one).is_disjoint(&policy_keys(settings, other)));
            }
        });
        println!("{}: {missed} of {strong} missed", file.display());
        assert!(
            strong > 500 && missed * 70 < strong,
            "{missed} of {strong} in {}",
            file.display()
        );
    }
}
