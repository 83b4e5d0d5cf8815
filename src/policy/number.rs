//! Exact numbers: decimals as rules write them, and quantities as evidence holds them. No floats.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::record::kind::test::Ratio;

/// The most digits before the point.
const MAX_WHOLE: usize = 12;
/// The most digits after it.
const MAX_DECIMALS: usize = 6;

/// A decimal number of a rule, not below zero: `mantissa / 10^decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    mantissa: u64,
    decimals: u32,
}

/// Why a text is no number of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a decimal number such as 80 or 72.5, not below zero, of up to 12 digits and 6 decimals")]
pub struct DecimalError;

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, max| (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, MAX_WHOLE) || !digits(decimals, MAX_DECIMALS) {
            return Err(DecimalError);
        }
        // 72.50 and 72.5 are one number.
        let decimals = decimals.trim_end_matches('0');
        let mantissa = format!("{whole}{decimals}").parse().map_err(|_| DecimalError)?;
        Ok(Self { mantissa, decimals: u32::try_from(decimals.len()).map_err(|_| DecimalError)? })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.pow(self.decimals);
        write!(f, "{}", self.mantissa / scale)?;
        if self.decimals > 0 {
            write!(f, ".{:0width$}", self.mantissa % scale, width = self.decimals as usize)?;
        }
        Ok(())
    }
}

/// What was measured: a count, or a percentage of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    numerator: u128,
    denominator: u64,
}

impl Quantity {
    /// So many.
    pub fn count(number: u64) -> Self {
        Self { numerator: number.into(), denominator: 1 }
    }

    /// So many seconds, in days.
    pub fn days(seconds: u64) -> Self {
        Self { numerator: seconds.into(), denominator: 86_400 }
    }

    /// One divided by the other; by nothing there is none.
    pub fn ratio(numerator: u64, denominator: u64) -> Option<Self> {
        (denominator > 0).then(|| Self { numerator: numerator.into(), denominator })
    }

    /// The percentage; of nothing there is none.
    pub fn percent(ratio: Ratio) -> Option<Self> {
        (ratio.total > 0).then(|| Self { numerator: u128::from(ratio.covered) * 100, denominator: ratio.total })
    }

    /// Whether it is less than, equal to or greater than `number`, exactly.
    pub fn compare(self, number: Decimal) -> Ordering {
        // Both sides stay below 2^128: 2^64 × 100 × 10^6, and 10^18 × 2^64.
        let scale = 10_u128.pow(number.decimals);
        (self.numerator * scale).cmp(&(u128::from(number.mantissa) * u128::from(self.denominator)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn a_hair_below_the_threshold_is_below_it() {
        let almost = Quantity::percent(Ratio { covered: 7_999_999, total: 10_000_000 }).expect("of something");
        assert_eq!(almost.compare(decimal("80")), Ordering::Less);
        assert_eq!(almost.compare(decimal("79.99999")), Ordering::Equal);
        let third = Quantity::percent(Ratio { covered: 1, total: 3 }).expect("of something");
        assert_eq!(third.compare(decimal("33.333333")), Ordering::Greater);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let all = Quantity::percent(Ratio { covered: u64::MAX, total: u64::MAX }).expect("of something");
        assert_eq!(all.compare(decimal("999999999999.999999")), Ordering::Less);
        assert_eq!(Quantity::count(u64::MAX).compare(decimal("0.000001")), Ordering::Greater);
    }

    #[test]
    fn a_decimal_is_written_as_people_would() {
        for (text, shown) in [("80", "80"), ("72.50", "72.5"), ("007.010", "7.01"), ("0.0", "0")] {
            assert_eq!(decimal(text).to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for text in ["", "-1", "+1", "1e3", ".5", "5.", "1_000", "0x1", "1.0000001", "1234567890123", "NaN", "٣"] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError), "{text}");
        }
    }
}
