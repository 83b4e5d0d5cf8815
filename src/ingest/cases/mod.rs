//! The cases of one report, folded as they come into counts and the few that are worth a name, so that
//! memory does not grow with the report.
//!
//! Within one report, a case that stands there again under the same name in the same place was run again.
//! A pass takes back the failures before it: one flaky case. A failure takes the place of the pass before
//! it: one failed case, for nothing passed after it. Where both agree they are two cases, since several
//! tools give parameters no name of their own.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::TestCase;
use super::requirement::Names;
use crate::record::kind::test::{CaseOutcome, MAX_NAMED_CASES};

mod counts;

pub use counts::CaseCounts;

/// How many passes are remembered by name. A failure after one that was not counts beside it.
const MAX_PASSES: usize = 1_800_000;

/// How many failed names are remembered. What failed after these stays failed, whatever passes later.
const MAX_FAILURES: usize = 400_000;

/// The cases of one report.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    counts: CaseCounts,
    /// Cases that are worth a name, but neither failed nor flaky.
    others: u64,
    /// By rank and order, at most [`MAX_NAMED_CASES`] a rank.
    named: BTreeMap<(Rank, u32), TestCase>,
    kept: BTreeMap<Rank, usize>,
    next: u32,
    passes: HashSet<u64>,
    failures: HashMap<(u64, u64), Failures>,
    /// What links cases to requirements by their names.
    names: Option<Arc<Names>>,
}

/// What is named first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Failed,
    Flaky,
    Surprising,
    Linked,
}

/// What is known of a name that failed.
#[derive(Debug, Clone)]
struct Failures {
    /// How often, since the last pass.
    times: u32,
    /// Whether a pass took them back.
    flaky: bool,
    /// The order of the first, if it is named.
    order: u32,
}

/// Not named.
const UNNAMED: u32 = u32::MAX;

impl Cases {
    /// None yet, to be linked by their names, too.
    pub(super) fn linking(names: Option<Arc<Names>>) -> Self {
        Self { names, ..Self::default() }
    }

    /// Counts a case. `place` is the suite, class or file in which the name stands for one case.
    pub(super) fn add(&mut self, place: &impl Hash, mut case: TestCase) {
        let key = key_of(place, &case.name);
        if let Some(names) = &self.names {
            let all: BTreeSet<_> = case.requirements.drain(..).chain(names.in_name(&case.name)).collect();
            case.requirements = all.into_iter().collect();
        }
        match case.outcome {
            CaseOutcome::Failed => self.failed(key, case),
            CaseOutcome::Passed | CaseOutcome::Flaky | CaseOutcome::UnexpectedPass => self.passed(key, case),
            CaseOutcome::Skipped | CaseOutcome::Disabled | CaseOutcome::ExpectedFailure => {
                self.counts.add(&case);
                self.name(case);
            }
        }
    }

    /// Whether a case failed under this name and nothing passed after it.
    pub(super) fn is_failed(&self, place: &impl Hash, name: &str) -> bool {
        self.failures.get(&key_of(place, name)).is_some_and(|known| known.times > 0)
    }

    fn failed(&mut self, key: (u64, u64), mut case: TestCase) {
        let room = self.failures.len() < MAX_FAILURES;
        self.counts.add(&case);
        let took_flaky = match self.failures.get_mut(&key) {
            Some(known) if known.flaky => {
                known.flaky = false;
                known.times = 1;
                Some(std::mem::replace(&mut known.order, UNNAMED))
            }
            Some(known) => {
                known.times = known.times.saturating_add(1);
                self.name(case);
                return;
            }
            None => None,
        };
        if let Some(order) = took_flaky {
            self.counts.passed = self.counts.passed.saturating_sub(1);
            self.counts.flaky = self.counts.flaky.saturating_sub(1);
            if let Some(flaky) = self.unname(Rank::Flaky, order) {
                case.link(flaky);
            }
        } else if self.passes.remove(&key.0) {
            self.counts.passed = self.counts.passed.saturating_sub(1);
            self.unlink(&mut case);
        }
        let order = self.name(case);
        match self.failures.entry(key) {
            Entry::Occupied(mut known) => known.get_mut().order = order,
            Entry::Vacant(free) if room => {
                free.insert(Failures { times: 1, flaky: false, order });
            }
            Entry::Vacant(_) => {}
        }
    }

    fn passed(&mut self, key: (u64, u64), mut case: TestCase) {
        let before = self.failures.get_mut(&key).filter(|known| known.times > 0);
        let Some(known) = before else {
            if case.outcome == CaseOutcome::Passed && self.passes.len() < MAX_PASSES {
                self.passes.insert(key.0);
            }
            self.counts.add(&case);
            self.name(case);
            return;
        };
        let (times, order) = (u64::from(known.times), known.order);
        (known.times, known.flaky) = (0, true);
        self.counts.failed = self.counts.failed.saturating_sub(times);
        if let Some(failed) = self.unname(Rank::Failed, order) {
            if failed.is_unexpected_pass() {
                self.counts.unexpected_passes = self.counts.unexpected_passes.saturating_sub(1);
            }
            case.link(failed);
        }
        for _ in 1..times {
            self.unname_failed(&case.name);
        }
        case.outcome = CaseOutcome::Flaky;
        self.counts.add(&case);
        let order = self.name(case);
        if let Some(known) = self.failures.get_mut(&key) {
            known.order = order;
        }
    }

    /// Keeps a case that is worth a name, while there is room; its order.
    fn name(&mut self, case: TestCase) -> u32 {
        let rank = match case.outcome {
            CaseOutcome::Failed => Rank::Failed,
            CaseOutcome::Flaky => Rank::Flaky,
            CaseOutcome::UnexpectedPass => Rank::Surprising,
            _ if !case.requirements.is_empty() => Rank::Linked,
            _ => return UNNAMED,
        };
        self.others += u64::from(matches!(rank, Rank::Surprising | Rank::Linked));
        let kept = self.kept.entry(rank).or_default();
        if *kept >= MAX_NAMED_CASES || self.next == UNNAMED {
            return UNNAMED;
        }
        *kept += 1;
        let order = self.next;
        self.next += 1;
        self.named.insert((rank, order), case);
        order
    }

    fn unname(&mut self, rank: Rank, order: u32) -> Option<TestCase> {
        let case = self.named.remove(&(rank, order))?;
        *self.kept.entry(rank).or_default() -= 1;
        Some(case)
    }

    /// The next failed case of a name; there is one where a name failed more than once.
    fn unname_failed(&mut self, name: &str) {
        let failed = self.named.range((Rank::Failed, 0)..(Rank::Flaky, 0));
        if let Some(order) = failed.filter(|(_, case)| case.name == name).map(|((_, order), _)| *order).next() {
            self.unname(Rank::Failed, order);
        }
    }

    /// Takes the links of the pass whose place `case` takes.
    fn unlink(&mut self, case: &mut TestCase) {
        let linked = self.named.range((Rank::Linked, 0)..);
        let same = |known: &TestCase| known.outcome == CaseOutcome::Passed && known.name == case.name;
        if let Some(order) = linked.filter(|(_, known)| same(known)).map(|((_, order), _)| *order).next()
            && let Some(passed) = self.unname(Rank::Linked, order)
        {
            self.others = self.others.saturating_sub(1);
            case.link(passed);
        }
    }

    /// How many of each outcome.
    pub fn counts(&self) -> CaseCounts {
        self.counts
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.counts.total()
    }

    /// Those worth a name, at most [`MAX_NAMED_CASES`] of each outcome, in the order in which a record names them.
    pub fn named(&self) -> impl Iterator<Item = &TestCase> {
        self.named.values()
    }

    /// How many are worth a name, whether or not they are among those named.
    pub(super) fn worth_a_name(&self) -> u64 {
        self.counts.failed + self.counts.flaky + self.others
    }

    /// Forgets what only counting needed.
    pub(super) fn finish(mut self) -> Self {
        (self.passes, self.failures, self.names) = (HashSet::new(), HashMap::new(), None);
        self
    }
}

/// Two reports are equal where they say the same.
impl PartialEq for Cases {
    fn eq(&self, other: &Self) -> bool {
        self.counts == other.counts && self.named().eq(other.named()) && self.worth_a_name() == other.worth_a_name()
    }
}

impl Eq for Cases {}

/// 128 bits of a name in its place.
fn key_of(place: &impl Hash, name: &str) -> (u64, u64) {
    let half = |which: u8| {
        let mut hasher = DefaultHasher::new();
        which.hash(&mut hasher);
        place.hash(&mut hasher);
        name.hash(&mut hasher);
        hasher.finish()
    };
    (half(0), half(1))
}

#[cfg(test)]
mod tests {
    use super::CaseOutcome::{Failed, Flaky, Passed, Skipped};
    use super::*;

    fn fold(cases: &[(&str, CaseOutcome)]) -> Cases {
        let mut folded = Cases::default();
        for (name, outcome) in cases {
            folded.add(&"suite", TestCase::told(*name, *outcome));
        }
        folded
    }

    /// Passed, failed, skipped, flaky.
    fn counts(cases: &[(&str, CaseOutcome)]) -> [u64; 4] {
        let CaseCounts { passed, failed, skipped, flaky, .. } = fold(cases).counts();
        [passed, failed, skipped, flaky]
    }

    #[test]
    fn a_pass_takes_back_the_failures_before_it() {
        assert_eq!(counts(&[("a", Failed), ("a", Passed)]), [1, 0, 0, 1]);
        assert_eq!(counts(&[("a", Failed), ("b", Failed), ("a", Failed), ("a", Passed)]), [1, 1, 0, 1]);
        let folded = fold(&[("a", Failed), ("b", Failed), ("a", Failed), ("a", Passed)]);
        let named: Vec<_> = folded.named().map(|case| (case.name.as_str(), case.outcome)).collect();
        assert_eq!(named, [("b", Failed), ("a", Flaky)]);
        assert_eq!(folded.worth_a_name(), 2);
    }

    #[test]
    fn a_failure_without_a_later_pass_stays() {
        assert_eq!(counts(&[("a", Passed), ("a", Failed)]), [0, 1, 0, 0]);
        assert_eq!(counts(&[("a", Failed), ("a", Passed), ("a", Failed)]), [0, 1, 0, 0]);
        assert_eq!(counts(&[("a", Failed), ("a", Skipped)]), [0, 1, 1, 0]);
        assert_eq!(counts(&[("a", Flaky), ("a", Failed)]), [1, 1, 0, 1]);
    }

    #[test]
    fn what_agrees_is_two_cases() {
        assert_eq!(counts(&[("a", Passed), ("a", Passed)]), [2, 0, 0, 0]);
        assert_eq!(counts(&[("a", Failed), ("a", Failed)]), [0, 2, 0, 0]);
        assert_eq!(counts(&[("a", Failed), ("a", Passed), ("a", Passed)]), [2, 0, 0, 1]);
    }

    #[test]
    fn only_so_many_are_named_and_all_are_counted() {
        let mut folded = Cases::default();
        for at in 0..3_000 {
            folded.add(&0, TestCase::told(at.to_string(), Failed));
        }
        assert_eq!((folded.named().count(), folded.worth_a_name()), (1_000, 3_000));
        for at in 0..3_000 {
            folded.add(&0, TestCase::told(at.to_string(), Passed));
        }
        assert_eq!((folded.named().count(), folded.worth_a_name()), (1_000, 3_000));
        assert!(folded.named().all(|case| case.outcome == Flaky));
    }
}
