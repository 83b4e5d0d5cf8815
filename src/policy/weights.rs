//! `[severity-weights]`: how much incidents and defects weigh in the measures of this repository.

use toml::Spanned;
use toml::de::DeValue;

use super::problem::Problems;
use super::table::{number, table};
use crate::measure::Weights;

/// The largest weight.
const MOST: u64 = 1_000;

/// What the table says; a severity that it leaves out weighs what it weighs without one.
pub(super) fn read<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<Weights> {
    let mut weights = table("[severity-weights]", value, problems)?;
    let usual = Weights::default();
    let mut of = |key, usual| match weights.optional(key) {
        Some(value) => number(value, MOST, problems),
        None => Some(usual),
    };
    let read =
        (of("critical", usual.critical), of("high", usual.high), of("medium", usual.medium), of("low", usual.low));
    weights.finish(problems);
    let (critical, high, medium, low) = (read.0?, read.1?, read.2?, read.3?);
    if critical >= high && high >= medium && medium >= low {
        return Some(Weights { critical, high, medium, low });
    }
    let found = format!("weights critical {critical}, high {high}, medium {medium}, low {low}");
    problems.add(value.span(), found, "a graver one weighs no less", "write them in order, such as 10, 5, 2, 1");
    None
}

#[cfg(test)]
mod tests {
    use crate::measure::Weights;
    use crate::policy;

    fn parsed(weights: &str) -> Result<Weights, String> {
        let text = policy::starter(None, &"payments".parse().expect("a name"));
        let text = text.replacen("version = 1\n", &format!("version = 1\nseverity-weights = {weights}\n"), 1);
        policy::parse(&text, policy::PATH).map(|policy| policy.weights).map_err(|errors| errors.to_string())
    }

    #[test]
    fn k01_weights_are_the_catalogs_and_what_is_wrong_with_them_has_its_place() {
        let usual = Weights::default();
        assert_eq!(parsed("{}"), Ok(usual));
        assert_eq!(parsed("{ critical = 100, low = 0 }"), Ok(Weights { critical: 100, low: 0, ..usual }));
        for (weights, words) in [
            ("{ critical = 4 }", "a graver one weighs no less"),
            ("{ critical = 1001 }", "1000"),
            ("{ high = \"much\" }", "a string"),
            ("{ hgih = 3 }", "did you mean high?"),
            ("3", "a table"),
        ] {
            let said = parsed(weights).expect_err(weights);
            assert!(said.contains(words) && said.contains(".qms/policy.toml:6:"), "{weights}: {said}");
        }
    }
}
