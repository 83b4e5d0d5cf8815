//! Components by licence. What is no SPDX expression is counted apart.
//!
//! Source: <https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/>.

use std::collections::BTreeMap;

use spdx::{Expression, ParseMode};

use crate::record::kind::build::{LicenseCount, Licenses};

/// How many expressions a record lists.
const MAX_EXPRESSIONS: usize = 200;

/// The longest expression that is read, in bytes.
const MAX_EXPRESSION: usize = 1_000;

/// How many bytes of expressions a record lists.
const EXPRESSIONS_ROOM: usize = 20 << 10;

/// Counts components by licence; nothing where no component has one.
pub(super) fn count<'a>(components: impl Iterator<Item = Option<&'a str>>) -> Option<Licenses> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut licenses = Licenses::default();
    for license in components {
        match license.map(str::trim).filter(|text| !is_unsaid(text)) {
            None => licenses.unsaid += 1,
            Some(text) if is_expression(text) => *counts.entry(text).or_default() += 1,
            Some(_) => licenses.unrecognised += 1,
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(expression, components)| (std::cmp::Reverse(*components), *expression));
    let mut room = EXPRESSIONS_ROOM;
    for (expression, components) in counts {
        if licenses.expressions.len() < MAX_EXPRESSIONS && licenses.omitted == 0 && expression.len() <= room {
            room -= expression.len();
            licenses.expressions.push(LicenseCount { expression: expression.to_owned(), components });
        } else {
            licenses.omitted += components;
        }
    }
    (!licenses.expressions.is_empty() || licenses.unrecognised > 0).then_some(licenses)
}

/// What SPDX writes where nothing is said.
fn is_unsaid(text: &str) -> bool {
    matches!(text, "" | "NOASSERTION" | "NONE")
}

/// Whether it is an SPDX licence expression; deprecated ids, such as `GPL-2.0`, are in use and allowed.
fn is_expression(text: &str) -> bool {
    let mode = ParseMode { allow_deprecated: true, ..ParseMode::STRICT };
    text.len() <= MAX_EXPRESSION && Expression::parse_mode(text, mode).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_counted_by_expression() {
        let all = [
            Some("MIT"),
            Some("MIT"),
            Some("Apache-2.0 OR MIT"),
            Some("GPL-2.0"),
            Some("LicenseRef-ours"),
            Some("The MIT License"),
            Some("NOASSERTION"),
            Some(" "),
            None,
        ];
        let licenses = count(all.into_iter()).expect("licences");
        let listed: Vec<_> = licenses.expressions.iter().map(|one| (one.expression.as_str(), one.components)).collect();
        assert_eq!(listed, [("MIT", 2), ("Apache-2.0 OR MIT", 1), ("GPL-2.0", 1), ("LicenseRef-ours", 1)]);
        assert_eq!((licenses.unrecognised, licenses.unsaid, licenses.omitted), (1, 3, 0));
        assert_eq!(count([None, Some("NONE")].into_iter()), None);
    }

    #[test]
    fn licences_without_end_are_counted() {
        let texts: Vec<String> = (0..1_000).map(|at| format!("LicenseRef-{at}{}", "x".repeat(200))).collect();
        let licenses = count(texts.iter().map(|text| Some(text.as_str()))).expect("licences");
        assert_eq!(licenses.expressions.len() as u64 + licenses.omitted, 1_000);
        assert!(serde_json::to_vec(&licenses).expect("JSON").len() < 32 << 10);
        let deep = format!("{}MIT{}", "(".repeat(400), ")".repeat(400));
        assert!(count([Some(deep.as_str())].into_iter()).is_some());
    }
}
