//! What holds of all numbers: within bounds, in whatever order, and never anything but numbers.

use proptest::prelude::*;

use super::*;
use crate::record::RecordId;

fn item(part: u64, rest: u64, at: i64, measured: u64, which: u8) -> Item {
    let at = UtcTime::from_seconds(at);
    let amount = match which % 5 {
        0 => Amount::Of { part, whole: part.saturating_add(rest) },
        1 => Amount::Measured(measured),
        2 => Amount::Negative(measured),
        3 => Amount::Censored(measured),
        _ => Amount::LeftOut(measured),
    };
    let records = vec![RecordId::of(&[which])];
    Item { at, amount, what: String::new(), records, flag: None }
}

prop_compose! {
    fn items()(all in prop::collection::vec((any::<u64>(), any::<u64>(), 0_i64..4_000, any::<u64>(), any::<u8>()), 0..40))
        -> Vec<Item> {
        all.into_iter().map(|(part, rest, at, measured, which)| item(part, rest, at, measured, which)).collect()
    }
}

proptest! {
    #[test]
    fn numbers_keep_their_bounds(items in items(), from in 0_i64..4_000, length in 0_i64..4_000) {
        let window = Window { from: UtcTime::from_seconds(from), until: UtcTime::from_seconds(from + length) };
        let gathered = Gathered { items, ..Gathered::default() };
        for measure in MEASURES {
            let summary = summarise_all(measure, &gathered, window, Step::Month);
            prop_assert!(summary.n <= gathered.items.len() as u64);
            for number in [summary.value.number(), summary.median, summary.p90].into_iter().flatten() {
                prop_assert!(number.denominator() > 0);
                let is_share = measure.unit == Unit::Share;
                prop_assert!(!is_share || number <= Number::whole(1), "{} {number:?}", measure.name);
            }
            if let (Some(median), Some(p90)) = (summary.median, summary.p90) {
                prop_assert!(median <= p90, "{} {median:?} {p90:?}", measure.name);
            }
            if summary.n == 0 && measure.figure == Figure::Median {
                prop_assert_eq!(&summary.value, &Value::NotApplicable);
            }
        }
    }

    #[test]
    fn the_order_of_things_changes_no_number(items in items(), seed in any::<u64>()) {
        let window = Window { from: UtcTime::from_seconds(0), until: UtcTime::from_seconds(4_000) };
        let turned: Vec<_> = items.iter().rev().cloned().collect();
        let by = usize::try_from(seed % (items.len() as u64 + 1)).unwrap_or(0);
        let mut shuffled = turned;
        shuffled.rotate_left(by);
        let (one, other) = (Gathered { items, ..Gathered::default() }, Gathered { items: shuffled, ..Gathered::default() });
        for measure in MEASURES {
            let [one, other] = [&one, &other].map(|gathered| summarise(measure, gathered, window));
            prop_assert_eq!((one.value, one.n, one.median, one.p90), (other.value, other.n, other.median, other.p90));
        }
    }

    #[test]
    fn halfway_lies_between(a in any::<u64>(), b in 1_u64.., c in any::<u64>(), d in 1_u64..) {
        let (one, other) = (Number::ratio(a, b).expect("b > 0"), Number::ratio(c, d).expect("d > 0"));
        let middle = one.between(other);
        // What is shifted out of 64 bits may be a hair.
        let (low, high) = (one.min(other).ten_thousandths(), one.max(other).ten_thousandths());
        prop_assert!(middle.ten_thousandths() + 1 + low / (1 << 30) >= low && middle.ten_thousandths() <= high + 1 + high / (1 << 30));
    }
}

/// What the ledger's order decides are only the last word and the first decision that passed.
#[test]
fn the_order_of_records_changes_no_other_number() {
    let by_order = ["gate-runs", "gate-wait", "approval-latency", "missing-approvals"];
    let fixture = Fixture::new();
    let mut turned = Fixture::new();
    turned.records.reverse();
    for measure in MEASURES.iter().filter(|measure| !by_order.contains(&measure.name)) {
        for service in [API, WEB] {
            let [one, other] = [&fixture, &turned].map(|fixture| told(fixture, service, measure.name, whole()));
            assert_eq!(one, other, "{}", measure.name);
        }
    }
}
