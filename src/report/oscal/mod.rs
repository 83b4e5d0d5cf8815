//! Recorded decisions as assessment results of OSCAL 1.2: each decision a result, each control in it an observation and a
//! finding, each exception a risk, each approval an attestation.
//!
//! Source: <https://pages.nist.gov/OSCAL-Reference/models/v1.2.0/assessment-results/json-reference/>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use uuid::Uuid;

use super::escape::escape_json;
use crate::record::kind::gate::GateDetail;
use crate::record::{Claim, FileDigest, MemberId, Record, RecordId, UtcTime};
use crate::trust::MemberType;
use crate::verify::{Ledger, Verified};

mod decision;

/// The version that is written.
const VERSION: &str = "1.2.0";

/// The namespace of properties that are git-qms's own.
const NAMESPACE: &str = "urn:git-qms:oscal";

/// What the results are made from.
pub struct Sources<'a> {
    /// The verified ledger.
    pub ledger: &'a Ledger,
    /// The decisions to be told, in the order of the ledger.
    pub decisions: Vec<(&'a Verified<Record>, &'a GateDetail)>,
    /// What was asked for, in a few words: `release payments-api@…`.
    pub about: String,
    /// What verification came to: `pass`, `fail` or `incomplete`.
    pub verification: &'static str,
    /// As of when it is told.
    pub at: UtcTime,
}

/// The recorded decisions among these records that were not corrected.
pub fn decisions<'a>(ledger: &Ledger, records: &[&'a Verified<Record>]) -> Vec<(&'a Verified<Record>, &'a GateDetail)> {
    let counts = records.iter().filter(|record| ledger.superseded_by(record.id).is_none());
    counts.filter_map(|record| Some((*record, record.header.gate.as_ref()?))).collect()
}

/// The whole document. Ids are of UUID version 5: the same records give the same ids.
pub fn assessment_results(sources: &Sources<'_>) -> String {
    let mut page =
        Page { ledger: sources.ledger, cited: BTreeSet::new(), people: BTreeSet::new(), roles: BTreeMap::new() };
    let results: Vec<Value> = sources.decisions.iter().map(|(record, gate)| page.result(record, gate)).collect();
    let ledger = sources.ledger;
    let name = line(&ledger.chain().newest().version.name);
    let catalogs: BTreeSet<FileDigest> =
        sources.decisions.iter().filter_map(|(record, _)| decision::catalog(record)).collect();
    let first = catalogs.iter().next().map(|digest| page.id("catalog", digest));
    let catalogs = catalogs.iter().map(|digest| page.catalog(*digest));
    let resources: Vec<Value> = catalogs.chain(page.cited.iter().map(|id| page.evidence(*id))).collect();
    let mut metadata = json!({
        "title": format!("{name}: {}", line(&sources.about)),
        "last-modified": sources.at,
        "version": ledger.tip().map_or_else(|| "none".to_owned(), |tip| tip.to_string()),
        "oscal-version": VERSION,
        "props": [
            property("trust-root", &ledger.chain().root().to_string()),
            property("verification", sources.verification),
        ],
    });
    if !page.roles.is_empty() {
        metadata["roles"] = page.roles.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect();
    }
    if !page.people.is_empty() {
        metadata["parties"] = page.people.iter().map(|id| page.party(id)).collect();
    }
    let import = first.map_or_else(|| "#none".to_owned(), |id| format!("#{id}"));
    let seen: Vec<String> = sources.decisions.iter().map(|(record, _)| record.id.to_string()).collect();
    let whole = json!({ "assessment-results": {
        "uuid": page.id("assessment-results", format!("{} {}", sources.at, seen.join(" "))),
        "metadata": metadata,
        "import-ap": {
            "href": import,
            "remarks": "The control catalog that the first result was judged by: git-qms has no assessment plan beside it.",
        },
        "results": results,
        "back-matter": { "resources": resources },
    } });
    let text = serde_json::to_string_pretty(&whole).expect("strings and lists always have a JSON form");
    format!("{}\n", escape_json(&text))
}

/// What the results refer to, gathered while they are written.
struct Page<'a> {
    ledger: &'a Ledger,
    cited: BTreeSet<RecordId>,
    people: BTreeSet<MemberId>,
    roles: BTreeMap<String, String>,
}

impl Page<'_> {
    /// An id that is the same whenever the same thing is told of the same project.
    fn id(&self, what: &str, which: impl std::fmt::Display) -> String {
        let project = format!("urn:git-qms:{}", self.ledger.chain().root());
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, project.as_bytes());
        Uuid::new_v5(&space, format!("{what} {which}").as_bytes()).to_string()
    }

    fn member(&self, id: &MemberId) -> Option<&crate::trust::Member> {
        self.ledger.chain().links().iter().rev().find_map(|link| link.version.member(id))
    }

    fn is_person(&self, id: &MemberId) -> bool {
        self.member(id).is_some_and(|member| member.kind == MemberType::Person)
    }

    fn party(&self, id: &MemberId) -> Value {
        let name = self.member(id).map_or_else(|| id.to_string(), |member| line(&member.name));
        json!({ "uuid": self.id("party", id), "type": "person", "name": name, "props": [property("member", id.as_str())] })
    }

    fn catalog(&self, digest: FileDigest) -> Value {
        json!({
            "uuid": self.id("catalog", digest),
            "title": "Control catalog",
            "description": "As it was ratified: git qms policy show",
            "rlinks": [{ "href": ".qms/policy.toml", "media-type": "application/toml", "hashes": [hash(&digest)] }],
        })
    }

    /// A record, by the digest of what was signed.
    fn evidence(&self, id: RecordId) -> Value {
        let record = self.ledger.record(id);
        let title = record.map_or_else(
            || "Record that does not count".to_owned(),
            |record| line(&format!("{} {}: {}", record.header.kind, id.short(), record.summary())),
        );
        json!({
            "uuid": self.id("record", id),
            "title": title,
            "description": format!("A signed in-toto statement in refs/notes/qms: git qms show {}", id.short()),
            "rlinks": [{ "href": format!("urn:git-qms:record:{id}"), "media-type": "application/vnd.in-toto+json", "hashes": [hash(&id)] }],
        })
    }
}

fn hash(digest: &dyn std::fmt::Display) -> Value {
    json!({ "algorithm": "SHA-256", "value": digest.to_string() })
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": line(value) })
}

/// Text on one line, which begins and ends with something to be seen.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() { "–".to_owned() } else { words.join(" ") }
}

/// A name as a token of OSCAL: it begins with a letter or an underscore, and has no slash.
fn token(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' }).collect();
    if safe.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { safe } else { format!("_{safe}") }
}

/// Whether a claim is an approval by a person who let it pass or looked at it.
fn attests(claim: &Claim) -> Option<&crate::record::kind::approval::Approval> {
    match claim {
        Claim::Approval(approval) => Some(approval),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
