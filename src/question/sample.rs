//! A sample that whoever has the seed draws again, with stock tools.
//!
//! Each element is ranked by the SHA-256 of the seed, a newline, its record id in hex and a newline; the first `count` by
//! rank are the sample. So `printf '%s\n' SEED ID | sha256sum` for every id of the population, sorted, gives the same.

use crate::record::{FileDigest, RecordId};

/// How it is drawn, in a sentence.
pub const HOW: &str = "the first by SHA-256 of the seed and the record id, each with a newline: \
                       printf '%s\\n' SEED ID | sha256sum";

/// An element that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn<'p, T> {
    /// What it was ranked by.
    pub rank: FileDigest,
    /// The element.
    pub element: &'p T,
}

/// Draws up to `count` elements, by rank. The order of the population does not matter.
pub fn sample<'p, T>(population: &'p [T], id: impl Fn(&T) -> RecordId, seed: &str, count: usize) -> Vec<Drawn<'p, T>> {
    let ranked =
        |element: &'p T| Drawn { rank: FileDigest::of(format!("{seed}\n{}\n", id(element)).as_bytes()), element };
    let mut drawn: Vec<Drawn<'p, T>> = population.iter().map(ranked).collect();
    drawn.sort_by_key(|one| (one.rank, id(one.element)));
    drawn.truncate(count);
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: u16) -> Vec<RecordId> {
        (0..count).map(|number| RecordId::of(&number.to_be_bytes())).collect()
    }

    fn drawn(population: &[RecordId], seed: &str, count: usize) -> Vec<RecordId> {
        sample(population, |id| *id, seed, count).iter().map(|one| *one.element).collect()
    }

    #[test]
    fn f03_the_same_seed_draws_the_same_whatever_the_order() {
        let mut all = ids(500);
        let first = drawn(&all, "2026-Q1", 25);
        all.reverse();
        assert_eq!(drawn(&all, "2026-Q1", 25), first);
        assert_ne!(drawn(&all, "2026-Q2", 25), first);
        assert_eq!(drawn(&all, "2026-Q1", 10), first[..10], "a larger sample goes on where a smaller one ended");
        assert_eq!(drawn(&all, "2026-Q1", 1000).len(), 500);
        assert_eq!(drawn(&all, "2026-Q1", 0), []);
    }

    #[test]
    fn f03_the_rank_is_what_sha256sum_says() {
        // printf '%s\n' seed 0000…0000 | sha256sum
        let zero = [RecordId::from([0; 32])];
        let rank = sample(&zero, |id| *id, "seed", 1)[0].rank;
        assert_eq!(rank.to_string(), "4dc688f554c13f0d5cb9c10aaf0e040542e5f1c319c7764da75b8a62ef7593ea");
    }

    #[test]
    fn f03_every_element_has_the_same_chance() {
        let all = ids(20);
        let mut hits = vec![0_u32; all.len()];
        for seed in 0..2_000 {
            for id in drawn(&all, &seed.to_string(), 5) {
                hits[all.iter().position(|one| *one == id).expect("of the population")] += 1;
            }
        }
        // 500 expected each; five standard deviations are 97.
        assert!(hits.iter().all(|count| (403..=597).contains(count)), "{hits:?}");
    }
}
