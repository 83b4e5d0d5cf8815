//! What a software bill of materials lists, and the inventory of a build record made of it.

use std::collections::{BTreeMap, BTreeSet};

use super::room::Room;
use super::scan::ScanReport;
use super::vex::VexStatement;
use super::{IngestError, Origin, Report, license};
use crate::record::Kind;
use crate::record::digests::Digests;
use crate::record::ids::FileDigest;
use crate::record::kind::Resource;
use crate::record::kind::build::Inventory;

/// How many components a build record lists; the count covers them all.
const MAX_DEPENDENCIES: usize = 5_000;

/// How many bytes of JSON the components of one record may take.
const DEPENDENCIES_ROOM: usize = 500 << 10;

/// One bill of materials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryReport {
    /// Where it is from.
    pub origin: Origin,
    /// The format with its version, for instance `CycloneDX 1.6`.
    pub version: String,
    /// SHA-256 of the whole file.
    pub sha256: FileDigest,
    /// Its own id.
    pub id: Option<String>,
    /// Who made it, by itself.
    pub author: Option<String>,
    /// Every component, wherever nested, in the document's order.
    pub components: Vec<Component>,
    /// The vulnerabilities that the document lists: `None` where it has no list or an empty one,
    /// which tools also write without having looked. That is not zero vulnerabilities.
    pub scan: Option<ScanReport>,
    /// What it says of their exploitability, for other scans.
    pub statements: Vec<VexStatement>,
}

/// One component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// Its package URL, if it has a valid one.
    pub purl: Option<String>,
    /// Digests of it: algorithm, as in-toto names it, and lower-case hex.
    pub digests: BTreeMap<String, String>,
    /// What it is licensed under, as the document writes it.
    pub license: Option<String>,
}

/// The algorithms of digests that are copied, the strongest that is usual first, and the hex digits of each.
const ALGORITHMS: [(&str, usize); 4] = [("sha256", 64), ("sha512", 128), ("sha384", 96), ("sha1", 40)];

impl Component {
    /// Notes a digest. One that is not of its algorithm's form is an error: it would vouch for nothing. Other
    /// algorithms are passed over.
    pub(super) fn digest(&mut self, algorithm: &str, hex: &str) -> Result<(), String> {
        let name: String = algorithm.chars().filter(|&each| each != '-' && each != '_').take(20).collect();
        let name = name.to_ascii_lowercase();
        let Some((name, digits)) = ALGORITHMS.iter().find(|(known, _)| *known == name) else { return Ok(()) };
        let hex = hex.to_ascii_lowercase();
        if hex.len() != *digits || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!("a {name} of a component is not {digits} hex digits"));
        }
        self.digests.insert((*name).to_owned(), hex);
        Ok(())
    }

    /// The digest that a record lists: one is enough.
    fn best_digest(&self) -> Digests {
        let best = ALGORITHMS.iter().find_map(|(name, _)| self.digests.get_key_value(*name));
        best.map(|(name, hex)| (name.clone(), hex.clone())).into_iter().collect()
    }
}

impl InventoryReport {
    /// The vulnerabilities, where the document lists any.
    pub(super) fn scan(&self) -> Result<&ScanReport, IngestError> {
        let file = self.origin.file.clone();
        match &self.scan {
            Some(scan) => Ok(scan),
            None if !self.statements.is_empty() => Err(IngestError::OnlyVex { file }),
            None => Err(IngestError::Nothing {
                file,
                format: self.origin.format,
                what: "lists no vulnerabilities, and an inventory without them is not a clean scan",
            }),
        }
    }
}

/// The dependencies of a build record, without the commit, and what is said about their source. Each
/// package URL is listed once.
pub fn inventory(report: &Report) -> Result<(Vec<Resource>, Inventory), IngestError> {
    let Report::Inventory(bill) = report else { return Err(report.refused_for(Kind::Build)) };
    let mut room = Room::new(MAX_DEPENDENCIES, DEPENDENCIES_ROOM);
    let mut listed = BTreeSet::new();
    let mut resources = Vec::new();
    let mut omitted = 0;
    for component in &bill.components {
        let resource = Resource { name: None, uri: component.purl.clone(), digest: component.best_digest() };
        match component.purl.as_deref() {
            Some(purl) if listed.contains(purl) => {}
            Some(purl) if room.take(&resource) => {
                listed.insert(purl);
                resources.push(resource);
            }
            _ => omitted += 1,
        }
    }
    let components = bill.components.len() as u64;
    let licenses = license::count(bill.components.iter().map(|component| component.license.as_deref()));
    Ok((resources, Inventory { format: bill.version.clone(), sha256: bill.sha256, components, omitted, licenses }))
}
