//! What a measure comes to in a window.

use super::item::{Amount, Gathered, Item, age};
use super::measures::{Figure, Measure};
use super::number::{Number, Unit};
use super::window::{Step, Window};

/// What a measure comes to in a window.
#[derive(Debug, Clone)]
pub struct Summary<'a> {
    /// The number.
    pub value: Value,
    /// How many things it is made of.
    pub n: u64,
    /// Half of them are at most so much: of single things, or of the windows where it is a share or a rate.
    pub median: Option<Number>,
    /// Nine in ten of them are at most so much.
    pub p90: Option<Number>,
    /// All that counts in the window, what is left out of the numbers too.
    pub items: Vec<&'a Item>,
    /// What is to be known of the numbers.
    pub notes: Vec<String>,
}

/// A number, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The number.
    Number(Number),
    /// There is nothing that it could be of: never 0, and never 100 %.
    NotApplicable,
    /// It cannot be computed from what is recorded.
    Unknown {
        /// Why.
        why: String,
        /// Which record would make it possible.
        needs: String,
    },
}

impl Value {
    /// The number, if there is one.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// What a measure comes to in a window; median and 90th percentile of shares and rates are those of its parts.
pub fn summarise_all<'a>(measure: &Measure, gathered: &'a Gathered, window: Window, step: Step) -> Summary<'a> {
    let mut summary = summarise(measure, gathered, window);
    if matches!(measure.figure, Figure::Share | Figure::PerDay) {
        let parts = window.parts(step);
        let numbers = parts.iter().filter_map(|part| summarise(measure, gathered, *part).value.number());
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable();
        (summary.median, summary.p90) = (median(&numbers), p90(&numbers));
    }
    summary
}

/// What a measure comes to in a window.
pub fn summarise<'a>(measure: &Measure, gathered: &'a Gathered, window: Window) -> Summary<'a> {
    let items = within(measure.figure, gathered, window);
    let mut notes = gathered.notes.clone();
    let mut numbers: Vec<Number> = items.iter().filter_map(|item| number_of(item, measure.figure, window)).collect();
    numbers.sort_unstable();
    let n = numbers.len() as u64;
    let unit = measure.unit;
    let value = match measure.figure {
        Figure::Share => {
            let sum = |pick: fn(u64, u64) -> u64| {
                let amounts = items.iter().filter_map(|item| match item.amount {
                    Amount::Of { part, whole } => Some(pick(part, whole)),
                    _ => None,
                });
                amounts.fold(0, u64::saturating_add)
            };
            Number::ratio(sum(|part, _| part), sum(|_, whole| whole))
        }
        Figure::PerDay => Number::ratio(n.saturating_mul(86_400), window.seconds()),
        Figure::Median => median(&numbers),
        Figure::Mean => mean(&numbers),
        Figure::Count => Some(Number::whole(n)),
    };
    let spread = matches!(measure.figure, Figure::Median | Figure::Mean);
    notes.extend(faults(&items));
    notes.extend(still_open(&items));
    let value = match (&gathered.unknown, value) {
        (Some((why, needs)), _) => Value::Unknown { why: why.clone(), needs: needs.clone() },
        (None, Some(number)) => Value::Number(number),
        (None, None) => Value::NotApplicable,
    };
    debug_assert!(unit != Unit::Share || value.number().is_none_or(|number| number <= Number::whole(1)));
    let (median, p90) = if spread { (median(&numbers), p90(&numbers)) } else { (None, None) };
    Summary { value, n, median, p90, items, notes }
}

fn within(figure: Figure, gathered: &Gathered, window: Window) -> Vec<&Item> {
    let holds = |item: &&Item| match item.amount {
        // A stock: what stands at the end of the window.
        Amount::Standing { until } => item.at < window.until && until.is_none_or(|until| until >= window.until),
        _ => window.holds(item.at),
    };
    debug_assert!(
        figure != Figure::Share || gathered.items.iter().all(|item| !matches!(item.amount, Amount::Standing { .. }))
    );
    gathered.items.iter().filter(holds).collect()
}

fn number_of(item: &Item, figure: Figure, window: Window) -> Option<Number> {
    match item.amount {
        Amount::Measured(value) => Some(Number::whole(value)),
        Amount::Thousandths(value) => Number::ratio(value, 1_000),
        // What is standing is as old as it is at the end of the window.
        Amount::Standing { .. } => Some(Number::whole(age(item.at, window.until))),
        Amount::Of { part, whole } if figure == Figure::Share => Number::ratio(part, whole),
        Amount::Of { .. } | Amount::Negative(_) | Amount::Censored(_) | Amount::LeftOut(_) => None,
    }
}

/// The middle one of what is sorted, or halfway between the two middle ones.
fn median(sorted: &[Number]) -> Option<Number> {
    let upper = sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 { Some(*upper) } else { Some(sorted.get(sorted.len() / 2 - 1)?.between(*upper)) }
}

/// The nearest rank: the least that at least nine in ten do not exceed.
fn p90(sorted: &[Number]) -> Option<Number> {
    sorted.get((sorted.len() * 9).div_ceil(10).checked_sub(1)?).copied()
}

/// Of whole numbers.
fn mean(numbers: &[Number]) -> Option<Number> {
    let sum = numbers.iter().map(|number| number.numerator() / number.denominator()).fold(0, u64::saturating_add);
    Number::ratio(sum, numbers.len() as u64)
}

fn faults(items: &[&Item]) -> Option<String> {
    let count = items.iter().filter(|item| matches!(item.amount, Amount::Negative(_))).count();
    (count > 0).then(|| format!("{count} end before they begin: a fault of a clock, left out of the numbers"))
}

fn still_open(items: &[&Item]) -> Option<String> {
    let ages = || {
        items.iter().filter_map(|item| match item.amount {
            Amount::Censored(age) => Some(age),
            _ => None,
        })
    };
    let oldest = ages().max()?;
    let count = ages().count();
    let text =
        format!("{count} not over yet, the oldest for {}: left out of the numbers", super::number::duration(oldest));
    Some(text)
}
