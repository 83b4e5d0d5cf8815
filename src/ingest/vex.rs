//! Statements on exploitability (VEX), held against the findings of a scan. What they set aside stays
//! visible, with the statement that did it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::room::cut;
use super::scan::{Excuse, Found, ScanReport};
use super::{IngestError, Origin, Report, purl};
use crate::record::ids::FileDigest;
use crate::record::kind::findings::{Cause, StatementRef};
use crate::record::kind::scan::VexDocument;
use crate::record::time::UtcTime;

/// How many names of products are compared with findings in one command.
const MAX_COMPARED: usize = 20_000_000;

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VexReport {
    /// Where it is from.
    pub origin: Origin,
    /// SHA-256 of the whole file.
    pub sha256: FileDigest,
    /// Its own id.
    pub id: Option<String>,
    /// Whose word it is, by itself.
    pub author: Option<String>,
    /// What it says, in its order.
    pub statements: Vec<VexStatement>,
}

/// One statement: of a vulnerability, in products, a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VexStatement {
    /// Ids of the vulnerability; at least one.
    pub ids: Vec<String>,
    /// The products, and of each the parts that are meant.
    pub products: Vec<Product>,
    /// What it says of them.
    pub status: Status,
    /// Why, in its words.
    pub reason: Option<String>,
    /// When it began to hold. Of two statements the later one counts.
    pub since: Option<UtcTime>,
}

/// A product that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// What it is called: package URLs, or other ids.
    pub names: Vec<String>,
    /// The parts of it that are meant, each by its names; without any, the whole product.
    pub parts: Vec<Vec<String>>,
}

/// What a statement says of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The vulnerability counts: affected, or not yet known.
    Counts,
    /// It does not, for this cause.
    SetAside(Cause),
}

impl VexStatement {
    /// How many names its products have.
    fn names(&self) -> usize {
        let of =
            |product: &Product| product.names.len() + product.parts.iter().map(|part| part.len() + 1).sum::<usize>();
        self.products.iter().map(of).sum::<usize>() + 1
    }

    /// Whether it is about this finding, whose vulnerability it names, in what is called `targets`.
    fn is_about(&self, found: &Found, targets: &[&str]) -> bool {
        let is_package = |names: &[String]| {
            names.iter().any(|name| found.purl.as_deref().is_some_and(|package| purl::names(name, package)))
        };
        let is_target = |names: &[String]| {
            let same = |name: &String| targets.iter().any(|target| name == target || purl::names(name, target));
            names.iter().any(same)
        };
        self.products.iter().any(|product| {
            if product.parts.is_empty() {
                is_package(&product.names) || is_target(&product.names)
            } else {
                is_target(&product.names) && product.parts.iter().any(|part| is_package(part))
            }
        })
    }
}

impl ScanReport {
    /// Holds the documents against its findings, and sets aside what they excuse. `products` is what else the
    /// scanned thing is called in them, beside the report's own word. Of the statements about a finding the
    /// latest counts; where the latest disagree, or one has no time, the finding stays.
    pub fn apply(&mut self, documents: &[VexReport], products: &[String]) -> Result<Vec<VexDocument>, IngestError> {
        let own = self.target.clone();
        let targets: Vec<&str> = own.iter().chain(products).map(String::as_str).collect();
        let by_id = by_id(documents);
        let mut compared = 0_usize;
        let mut matched: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut applied = vec![0_u64; documents.len()];
        let mut kept = BTreeMap::new();
        for (finding, found) in std::mem::take(&mut self.findings) {
            let ids = std::iter::once(&finding.id).chain(&found.aliases);
            let named: BTreeSet<_> = ids.filter_map(|id| by_id.get(id.as_str())).flatten().copied().collect();
            let mut about = Vec::new();
            for (at, number) in named {
                let statement = &documents[at].statements[number];
                compared = compared.saturating_add(statement.names());
                if compared > MAX_COMPARED {
                    return Err(IngestError::TooManyStatements { file: documents[at].origin.file.clone() });
                }
                if statement.is_about(&found, &targets) {
                    matched.insert((at, number));
                    about.push((at, number, statement));
                }
            }
            match excuse(&about) {
                Some((at, number, cause)) => {
                    let statement = &documents[at].statements[number];
                    let by = StatementRef { sha256: documents[at].sha256, number: number as u64 + 1 };
                    let reason = statement.reason.clone();
                    applied[at] += 1;
                    self.set_aside.push((finding, found, Excuse { cause, reason, statement: Some(by) }));
                }
                None => {
                    kept.insert(finding, found);
                }
            }
        }
        self.findings = kept;
        let told = |(at, document): (usize, &VexReport)| {
            let statements = document.statements.len() as u64;
            let known = matched.iter().filter(|(of, _)| *of == at).count() as u64;
            let text = |text: &Option<String>| text.as_deref().map(|text| cut(text, 300).into_owned());
            VexDocument {
                sha256: document.sha256,
                id: text(&document.id),
                author: text(&document.author),
                statements,
                applied: applied[at],
                unmatched: statements - known,
            }
        };
        Ok(documents.iter().enumerate().map(told).collect())
    }
}

/// The statements of all documents, by the vulnerabilities that they name.
fn by_id(documents: &[VexReport]) -> HashMap<&str, Vec<(usize, usize)>> {
    let mut by_id: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
    for (at, document) in documents.iter().enumerate() {
        for (number, statement) in document.statements.iter().enumerate() {
            for id in &statement.ids {
                by_id.entry(id).or_default().push((at, number));
            }
        }
    }
    by_id
}

/// The statement that sets a finding aside, if the latest of those about it do so.
fn excuse(about: &[(usize, usize, &VexStatement)]) -> Option<(usize, usize, Cause)> {
    let (_, _, any) = about.first()?;
    let latest = about.iter().map(|(_, _, statement)| statement.since).max().unwrap_or(any.since);
    let timeless = |statement: &VexStatement| statement.since.is_none();
    let mut last = about.iter().filter(|(_, _, one)| one.since == latest || timeless(one));
    if last.clone().any(|(_, _, one)| one.status == Status::Counts) {
        return None;
    }
    last.find_map(|(at, number, one)| match one.status {
        Status::SetAside(cause) => Some((*at, *number, cause)),
        Status::Counts => None,
    })
}

impl Report {
    /// The VEX document that it is.
    pub fn vex(&self) -> Result<VexReport, IngestError> {
        match self {
            Self::Vex(vex) => Ok(vex.clone()),
            Self::Inventory(bill) if !bill.statements.is_empty() => Ok(VexReport {
                origin: bill.origin.clone(),
                sha256: bill.sha256,
                id: bill.id.clone(),
                author: bill.author.clone(),
                statements: bill.statements.clone(),
            }),
            _ => Err(IngestError::NoVex { file: self.origin().file.clone(), format: self.origin().format }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(status: Status, since: Option<i64>) -> VexStatement {
        VexStatement {
            ids: vec!["CVE-1".into()],
            products: Vec::new(),
            status,
            reason: None,
            since: since.map(UtcTime::from_seconds),
        }
    }

    #[test]
    fn the_latest_statement_counts_and_doubt_keeps_the_finding() {
        let fixed = Status::SetAside(Cause::Fixed);
        for (statements, expected) in [
            (vec![(fixed, Some(1))], true),
            (vec![(Status::Counts, Some(1)), (fixed, Some(2))], true),
            (vec![(fixed, Some(2)), (Status::Counts, Some(3))], false),
            (vec![(fixed, Some(2)), (Status::Counts, Some(2))], false),
            (vec![(fixed, Some(2)), (Status::Counts, None)], false),
            (vec![(fixed, None)], true),
            (vec![(Status::Counts, Some(2)), (fixed, None)], false),
            (vec![], false),
        ] {
            let made: Vec<_> = statements.iter().map(|(status, since)| statement(*status, *since)).collect();
            let about: Vec<_> = made.iter().enumerate().map(|(at, one)| (0, at, one)).collect();
            assert_eq!(excuse(&about).is_some(), expected, "{statements:?}");
        }
    }
}
