//! Specification items of OpenFastTrace in Markdown.
//!
//! Source: <https://github.com/itsallcode/openfasttrace/blob/main/doc/user_guide.md>. An item begins with its id on a
//! line of its own, `req~refund-limit~1`; the heading above is its title; what follows up to a keyword is its text.
//! Rationale and comment are not part of what is wanted. An item with the tag `critical` is critical.

use super::super::{Parent, Requirement, RequirementError, Stamp};
use super::{Source, has_extension};

pub(super) fn sniff(path: &str, text: &str) -> bool {
    has_extension(path, &["md", "markdown"]) && Lines::of(text).any(|(_, line)| item_id(line).is_some())
}

/// The lines outside fenced code, with their number.
struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    fence: Option<&'a str>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { lines: text.lines().enumerate(), fence: None }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        for (at, line) in self.lines.by_ref() {
            let fence = ["```", "~~~"].into_iter().find(|fence| line.trim_start().starts_with(fence));
            match (self.fence, fence) {
                (None, None) => return Some((at + 1, line)),
                (None, Some(opened)) => self.fence = Some(opened),
                (Some(open), Some(closed)) if open == closed => self.fence = None,
                (Some(_), _) => {}
            }
        }
        None
    }
}

/// `type~name~revision`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest::requirement) struct ItemId<'a> {
    /// `req`, `dsn`, `impl`.
    pub(in crate::ingest::requirement) kind: &'a str,
    /// The type and the name: `req~refund-limit`.
    pub(in crate::ingest::requirement) id: &'a str,
    pub(in crate::ingest::requirement) revision: &'a str,
    /// As it is written.
    pub(in crate::ingest::requirement) whole: &'a str,
}

impl<'a> ItemId<'a> {
    /// Reads exactly one.
    pub(in crate::ingest::requirement) fn parse(text: &'a str) -> Option<Self> {
        let (id, revision) = text.rsplit_once('~')?;
        let (kind, name) = id.split_once('~')?;
        let is_kind = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_name = name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
        let is_revision = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
        let starts = name.chars().next().is_some_and(char::is_alphanumeric);
        (is_kind && is_name && starts && is_revision).then_some(Self { kind, id, revision, whole: text })
    }
}

/// The id on a line that holds nothing else.
fn item_id(line: &str) -> Option<ItemId<'_>> {
    // An anchor may stand in front, for links within the page.
    let line = line.trim();
    let line = line.rsplit_once("</a>").map_or(line, |(_, rest)| rest).trim();
    ItemId::parse(line.trim_matches('`'))
}

/// What the lines below an item belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    Covers,
    Other,
}

/// An item on the way.
struct Item<'a> {
    line: usize,
    id: ItemId<'a>,
    title: String,
    text: Vec<&'a str>,
    covers: Vec<(usize, &'a str)>,
    tags: String,
    status: Option<String>,
    part: Part,
}

pub(super) fn read(source: &Source<'_>) -> Result<Vec<Requirement>, RequirementError> {
    let mut found = Vec::new();
    let mut heading = "";
    let mut open: Option<Item<'_>> = None;
    for (at, line) in Lines::of(source.text) {
        let text = line.trim();
        if let Some(id) = item_id(line) {
            found.extend(open.take().map(|item| item.finish(source)).transpose()?.flatten());
            let title = if heading.is_empty() { id.id.to_owned() } else { heading.to_owned() };
            open = Some(Item {
                line: at,
                id,
                title,
                text: Vec::new(),
                covers: Vec::new(),
                tags: String::new(),
                status: None,
                part: Part::Text,
            });
            heading = "";
        } else if text.starts_with('#') {
            found.extend(open.take().map(|item| item.finish(source)).transpose()?.flatten());
            heading = text.trim_start_matches('#').trim_end_matches('#').trim();
        } else if let Some(item) = &mut open {
            item.line(at, line);
        }
    }
    found.extend(open.map(|item| item.finish(source)).transpose()?.flatten());
    Ok(found)
}

impl<'a> Item<'a> {
    fn line(&mut self, at: usize, line: &'a str) {
        let text = line.trim();
        let (key, value) = text.split_once(':').map_or(("", ""), |(key, value)| (key, value.trim()));
        match key {
            "Covers" => self.part = Part::Covers,
            "Needs" | "Depends" | "Rationale" | "Comment" => self.part = Part::Other,
            "Description" => {
                self.part = Part::Text;
                self.text.push(value);
            }
            "Tags" => {
                self.part = Part::Other;
                value.clone_into(&mut self.tags);
            }
            "Status" => {
                self.part = Part::Other;
                self.status = Some(value.to_owned());
            }
            _ => match (self.part, text.strip_prefix(['-', '*', '+'])) {
                (Part::Covers, Some(listed)) => self.covers.push((at, listed.trim())),
                (Part::Text, _) => self.text.push(line),
                _ => {}
            },
        }
    }

    fn finish(self, source: &Source<'_>) -> Result<Option<Requirement>, RequirementError> {
        if !source.is_wanted(self.id.kind) {
            return Ok(None);
        }
        let id = source.id(Some(self.line), self.id.id)?;
        let mut requirement = source.requirement(id, &self.title, &self.text.join("\n"));
        requirement.kind = Some(self.id.kind.to_owned());
        requirement.revision = Some(self.id.revision.to_owned());
        requirement.critical = self.tags.split(',').any(|tag| tag.trim().eq_ignore_ascii_case("critical"));
        requirement.active = self.status.as_deref().is_none_or(|status| source.is_active(status));
        requirement.status = self.status;
        for (line, listed) in self.covers {
            // [Title](#req~refund-limit~1), `req~refund-limit~1` or the id alone.
            let link = listed.rsplit_once("(#").and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(listed);
            let link = link.trim_matches('`').trim_start_matches('[').trim_end_matches(']');
            let id = ItemId::parse(link).ok_or_else(|| {
                source.malformed(Some(line), format!("{listed:?} is no id of the form type~name~revision"))
            })?;
            requirement.parents.push(Parent { id: source.id(Some(line), id.whole)?, stamp: Stamp::NotKept });
        }
        Ok(Some(requirement))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_a_type_a_name_and_a_revision() {
        let id = ItemId::parse("req~refund.limit-2~12").expect("an id");
        assert_eq!((id.kind, id.id, id.revision), ("req", "req~refund.limit-2", "12"));
        for other in ["req~a", "req~a~x", "r1~a~1", "~a~1", "req~~1", "req~a b~1", "req~-a~1", "req~a~"] {
            assert_eq!(ItemId::parse(other), None, "{other}");
        }
        assert!(item_id("  `req~a~1`  ").is_some());
        assert!(item_id("<a id=\"req~a~1\"></a>`req~a~1`").is_some());
        assert!(item_id("see req~a~1").is_none());
    }
}
