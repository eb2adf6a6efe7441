//! Groups of records that hang together.

use std::collections::BTreeMap;

/// Records by number, each in one group.
pub struct Clusters(Vec<u32>);

impl Clusters {
    /// Each of `count` records alone.
    pub fn new(count: usize) -> Self {
        Self((0..u32::try_from(count).unwrap_or(u32::MAX)).collect())
    }

    /// Two records, and all that hang together with them, are one group.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// The first record of a record's group; makes the way there shorter.
    fn first(&mut self, of: u32) -> u32 {
        let mut at = of;
        while self.0[at as usize] != at {
            let next = self.0[at as usize];
            self.0[at as usize] = self.0[next as usize];
            at = next;
        }
        at
    }

    /// Groups of two records or more, in the order of their first one.
    pub fn groups(&mut self) -> Vec<Vec<u32>> {
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for number in 0..u32::try_from(self.0.len()).unwrap_or(u32::MAX) {
            groups.entry(self.first(number)).or_default().push(number);
        }
        groups.into_values().filter(|members| members.len() > 1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Clusters;

    #[test]
    fn what_hangs_together_is_one_group() {
        let mut clusters = Clusters::new(6);
        clusters.join(4, 1);
        clusters.join(4, 5);
        clusters.join(0, 2);
        assert_eq!(clusters.groups(), [vec![0, 2], vec![1, 4, 5]]);
    }
}
