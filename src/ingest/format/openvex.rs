//! OpenVEX 0.2.0 and 0.0.x: statements on whether vulnerabilities can be exploited in products.
//!
//! Source: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>. `not_affected` and `fixed` set a
//! finding aside, `affected` and `under_investigation` do not. What a statement does not say of its time
//! is the document's. A document that OpenVEX does not allow is refused whole.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::error::IngestError;
use crate::ingest::vex::{Product, Status, VexReport, VexStatement};
use crate::record::ids::FileDigest;
use crate::record::kind::findings::Cause;
use crate::record::time::UtcTime;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "@context")]
    context: String,
    #[serde(rename = "@id")]
    id: Option<String>,
    author: Option<String>,
    timestamp: Option<String>,
    statements: Option<Vec<Statement>>,
}

#[derive(Deserialize)]
struct Statement {
    vulnerability: Vulnerability,
    products: Option<Vec<Component>>,
    status: String,
    justification: Option<String>,
    #[serde(rename = "impact_statement")]
    impact: Option<String>,
    timestamp: Option<String>,
}

/// Since 0.2.0 an object, before that an id.
#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Id(String),
    Named {
        #[serde(rename = "@id")]
        id: Option<String>,
        name: Option<String>,
        aliases: Option<Vec<String>>,
    },
}

/// Since 0.2.0 an object, before that an id.
#[derive(Deserialize)]
#[serde(untagged)]
enum Component {
    Id(String),
    Named {
        #[serde(rename = "@id")]
        id: Option<String>,
        identifiers: Option<BTreeMap<String, String>>,
        subcomponents: Option<Vec<Component>>,
    },
}

/// What a status needs beside it.
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

impl Vulnerability {
    fn ids(self) -> Vec<String> {
        let ids = match self {
            Self::Id(id) => vec![id],
            Self::Named { id, name, aliases } => {
                name.into_iter().chain(aliases.unwrap_or_default()).chain(id).collect()
            }
        };
        ids.into_iter().filter(|id| !id.trim().is_empty()).collect()
    }
}

impl Component {
    fn names(&self) -> Vec<String> {
        match self {
            Self::Id(id) => vec![id.clone()],
            Self::Named { id, identifiers, .. } => {
                id.iter().chain(identifiers.iter().flat_map(BTreeMap::values)).cloned().collect()
            }
        }
    }

    fn parts(&self) -> Vec<Vec<String>> {
        match self {
            Self::Named { subcomponents: Some(parts), .. } => parts.iter().map(Self::names).collect(),
            _ => Vec::new(),
        }
    }
}

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("@context") && glance.has("statements")
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    if !document.context.starts_with("https://openvex.dev/ns") {
        let context: String = document.context.chars().take(60).collect();
        return Err(source.malformed(format!("@context {context:?} is not that of OpenVEX")));
    }
    let since = time(source, "timestamp", document.timestamp.as_deref())?;
    let statements = document.statements.unwrap_or_default();
    if statements.is_empty() {
        return Err(source.nothing("makes no statement"));
    }
    let statements = statements
        .into_iter()
        .enumerate()
        .map(|(at, statement)| statement_of(source, at + 1, statement, since))
        .collect::<Result<_, _>>()?;
    Ok(Report::Vex(VexReport {
        origin: source.origin(),
        sha256: FileDigest::of(source.bytes()?),
        id: document.id,
        author: document.author,
        statements,
    }))
}

fn statement_of(
    source: &Source,
    number: usize,
    statement: Statement,
    since: Option<UtcTime>,
) -> Result<VexStatement, IngestError> {
    let refuse = |reason: &str| source.malformed(format!("statement {number} {reason}"));
    let ids = statement.vulnerability.ids();
    if ids.is_empty() {
        return Err(refuse("names no vulnerability"));
    }
    if let Some(word) = statement.justification.as_deref()
        && !JUSTIFICATIONS.contains(&word)
    {
        let word: String = word.chars().take(60).collect();
        return Err(refuse(&format!("has justification {word:?}; expected one of {}", JUSTIFICATIONS.join(", "))));
    }
    let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let explained = said(&statement.justification) || said(&statement.impact);
    let status = match statement.status.as_str() {
        "not_affected" if !explained => {
            return Err(refuse(
                "says not_affected with neither justification nor impact_statement: OpenVEX demands one",
            ));
        }
        "not_affected" => Status::SetAside(Cause::NotAffected),
        "fixed" => Status::SetAside(Cause::Fixed),
        "affected" | "under_investigation" => Status::Counts,
        other => {
            let other: String = other.chars().take(40).collect();
            let expected = "not_affected, affected, fixed or under_investigation";
            return Err(refuse(&format!("has status {other:?}; expected {expected}")));
        }
    };
    let products = statement.products.unwrap_or_default();
    if products.is_empty() {
        return Err(refuse("names no product: it would be about anything"));
    }
    let own = time(source, &format!("timestamp of statement {number}"), statement.timestamp.as_deref())?;
    let words = [statement.justification, statement.impact];
    let reason: Vec<String> = words.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
    Ok(VexStatement {
        ids,
        products: products.iter().map(|product| Product { names: product.names(), parts: product.parts() }).collect(),
        status,
        reason: (!reason.is_empty()).then(|| reason.join(": ")),
        since: own.or(since),
    })
}

fn time(source: &Source, what: &str, text: Option<&str>) -> Result<Option<UtcTime>, IngestError> {
    let read =
        text.map(|text| UtcTime::from_rfc3339(text).map_err(|error| source.malformed(format!("{what}: {error}"))));
    read.transpose()
}
