//! StrictDoc: `.sdoc`, node by node. A node with a `UID` is a requirement; its parents are relations of type `Parent`.
//!
//! Source: <https://strictdoc.readthedocs.io/en/stable/stable/docs/strictdoc_01_user_guide.html>. A node is critical
//! that has a truth in the field `CRITICAL`, or that tag; its revision is in the field `REVISION`.

use super::super::{Parent, Requirement, RequirementError, Stamp};
use super::{Source, has_extension};

pub(super) fn sniff(path: &str, text: &str) -> bool {
    has_extension(path, &["sdoc"]) || text.trim_start().starts_with("[DOCUMENT]")
}

/// Nodes that hold no requirement, whatever fields they have.
const STRUCTURE: [&str; 6] = ["DOCUMENT", "GRAMMAR", "SECTION", "COMPOSITE_REQUIREMENT", "DOCUMENT_FROM_FILE", "TEXT"];

/// A node on the way.
struct Node {
    line: usize,
    kind: String,
    fields: Vec<(String, String)>,
    relations: Vec<(usize, String)>,
}

impl Node {
    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

pub(super) fn read(source: &Source<'_>) -> Result<Vec<Requirement>, RequirementError> {
    if !source.text.trim_start().starts_with("[DOCUMENT]") {
        return Err(source.malformed(Some(1), "it does not begin with [DOCUMENT]"));
    }
    let mut found = Vec::new();
    for node in nodes(source)? {
        let is_requirement = node.kind == "COMPOSITE_REQUIREMENT" || !STRUCTURE.contains(&node.kind.as_str());
        if node.field("UID").is_empty() || !is_requirement || !source.is_wanted(&node.kind) {
            continue;
        }
        let at = Some(node.line);
        let id = source.id(at, node.field("UID"))?;
        let mut requirement = source.requirement(id, node.field("TITLE"), node.field("STATEMENT"));
        let named = |name: &str| Some(node.field(name).to_owned()).filter(|value| !value.is_empty());
        requirement.kind = Some(node.kind.clone());
        requirement.revision = named("REVISION");
        requirement.status = named("STATUS");
        requirement.active = source.is_active(node.field("STATUS"));
        requirement.critical = source.truth(at, "CRITICAL", node.field("CRITICAL"))?
            || node.field("TAGS").split(',').any(|tag| tag.trim().eq_ignore_ascii_case("critical"));
        for (line, parent) in &node.relations {
            requirement.parents.push(Parent { id: source.id(Some(*line), parent)?, stamp: Stamp::NotKept });
        }
        found.push(requirement);
    }
    Ok(found)
}

/// Takes the document apart.
fn nodes(source: &Source<'_>) -> Result<Vec<Node>, RequirementError> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut lines = source.text.lines().enumerate();
    // The type of the relation whose value comes next; nothing outside relations.
    let mut relation: Option<String> = None;
    let mut in_relations = false;
    while let Some((at, line)) = lines.next() {
        let at = at + 1;
        let text = line.trim_end();
        if let Some(kind) = node_kind(text) {
            (relation, in_relations) = (None, false);
            if !kind.starts_with('/') {
                nodes.push(Node { line: at, kind: kind.to_owned(), fields: Vec::new(), relations: Vec::new() });
            }
            continue;
        }
        let Some(node) = nodes.last_mut().filter(|_| !text.trim().is_empty()) else { continue };
        let (key, value) = text.split_once(':').map_or((text, ""), |(key, value)| (key, value.trim()));
        if in_relations && text.starts_with(['-', ' ']) {
            match key.trim_start_matches(['-', ' ']) {
                "TYPE" => relation = Some(value.to_owned()),
                "VALUE" if relation.as_deref() == Some("Parent") => node.relations.push((at, value.to_owned())),
                _ => {}
            }
            continue;
        }
        (relation, in_relations) = (None, matches!(key, "RELATIONS" | "REFS"));
        let is_key =
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"_- ".contains(&b));
        // A grammar, and options, are lists of their own.
        if !is_key || in_relations {
            if node.kind != "GRAMMAR" && node.kind != "DOCUMENT" && !in_relations {
                return Err(source.malformed(Some(at), format!("{text:?} is neither a node, nor FIELD: value")));
            }
            continue;
        }
        let value = if value == ">>>" { block(source, at, &mut lines)? } else { value.to_owned() };
        node.fields.push((key.to_owned(), value));
    }
    Ok(nodes)
}

/// `[REQUIREMENT]`, `[[SECTION]]`, `[[/SECTION]]`.
fn node_kind(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner);
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_name.then_some(inner)
}

/// The lines up to `<<<`.
fn block<'a>(
    source: &Source<'_>,
    from: usize,
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
) -> Result<String, RequirementError> {
    let mut text = Vec::new();
    for (_, line) in lines {
        if line.trim_end() == "<<<" {
            return Ok(text.join("\n"));
        }
        text.push(line);
    }
    Err(source.malformed(Some(from), "the text that begins with >>> has no <<<"))
}
