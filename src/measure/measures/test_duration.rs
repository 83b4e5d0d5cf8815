//! Test duration: how long one waits for tests.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::Kind;
use crate::record::kind::test::TestDetail;

/// By the clock, where the report says when its tests ran; else the sum of what they took.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let (mut summed, mut silent) = (0, 0);
    let tests = scope.of_kind(Kind::Test).filter_map(|record| Some((record, record.header.test.as_ref()?)));
    let items = tests.filter(|(_, test)| !test.suites.is_empty()).filter_map(|(record, test)| {
        let Some((amount, is_sum)) = duration(test) else {
            silent += 1;
            return None;
        };
        summed += usize::from(is_sum);
        Some(Item {
            at: record.header.occurred.end,
            amount,
            what: format!("tests on {}", record.commit.short()),
            records: vec![record.id],
            flag: is_sum.then(|| "sum of its tests".to_owned()),
        })
    });
    Gathered::of(items.collect::<Vec<_>>())
        .note_if(summed > 0, || format!("{summed} are sums of their tests: the report does not say when they ran"))
        .note_if(silent > 0, || format!("{silent} test records say nothing of durations"))
}

/// The duration, and whether it is a sum.
pub(in crate::measure) fn duration(test: &TestDetail) -> Option<(Amount, bool)> {
    let spans: Option<Vec<_>> = test.suites.iter().map(|suite| suite.ran).collect();
    if let Some(spans) = spans.filter(|spans| !spans.is_empty()) {
        let start = spans.iter().map(|span| span.start).min()?;
        let end = spans.iter().map(|span| span.end).max()?;
        return Some((Amount::between(start, end), false));
    }
    let sum: Option<u64> =
        test.suites.iter().map(|suite| suite.duration_ms).try_fold(0_u64, |sum, one| Some(sum.saturating_add(one?)));
    Some((Amount::Thousandths(sum?), true))
}
