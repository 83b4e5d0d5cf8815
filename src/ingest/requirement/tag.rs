//! Tags in source files by which OpenFastTrace says what covers a requirement: `[impl->dsn~refund-limit~1]`.
//!
//! Source: <https://github.com/itsallcode/openfasttrace/blob/main/doc/user_guide.md>, "coverage tag".

use super::format::ItemId;
use crate::record::RequirementId;

/// How long a tag may be, in bytes; a longer bracket is none.
const MAX_TAG: usize = 300;

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTag {
    /// The line it stands on, from 1.
    pub line: usize,
    /// What covers: `impl`, `utest`.
    pub kind: String,
    /// What is covered, with its revision.
    pub covers: RequirementId,
}

/// The tags of a file, in its order. What only looks like one is none.
pub fn source_tags(text: &str) -> Vec<SourceTag> {
    let lines = text.lines().enumerate().filter(|(_, line)| line.contains("->"));
    lines.flat_map(|(at, line)| line.split('[').skip(1).filter_map(move |rest| tag(at + 1, rest))).collect()
}

fn tag(line: usize, rest: &str) -> Option<SourceTag> {
    let inner = rest.split(']').next().filter(|inner| inner.len() < rest.len() && inner.len() <= MAX_TAG)?;
    let (from, to) = inner.split_once("->")?;
    // [impl~name~1->dsn~x~1>>utest]: an own name and what is needed further may stand there too.
    let kind = from.trim().split('~').next().unwrap_or_default();
    let to = to.split(">>").next().unwrap_or_default().trim();
    let is_kind = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    let covers = ItemId::parse(to).filter(|_| is_kind)?.whole.parse().ok()?;
    Some(SourceTag { line, kind: kind.to_owned(), covers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_wherever_a_comment_has_them() {
        let text = "// [impl->dsn~limit~1] and [utest->dsn~limit~2>>itest]\n# [impl~own~3 -> dsn~other~1]\n\
                    a[b->c] [->dsn~x~1] [impl->dsn~x] [impl->dsn~x~1\n";
        let found: Vec<_> =
            source_tags(text).into_iter().map(|tag| (tag.line, tag.kind, tag.covers.to_string())).collect();
        let expected = [(1, "impl", "dsn~limit~1"), (1, "utest", "dsn~limit~2"), (2, "impl", "dsn~other~1")];
        assert_eq!(found, expected.map(|(line, kind, id)| (line, kind.to_owned(), id.to_owned())));
    }
}
