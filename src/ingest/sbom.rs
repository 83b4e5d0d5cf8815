//! What a software bill of materials lists, and the inventory of a build record made of it.

use std::collections::{BTreeMap, BTreeSet};

use super::room::Room;
use super::scan::ScanReport;
use super::{IngestError, Origin, Report};
use crate::record::Kind;
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
    /// Every component, wherever nested, in the document's order.
    pub components: Vec<Component>,
    /// The vulnerabilities that the document lists: `None` where it has no list or an empty one,
    /// which tools also write without having looked. That is not zero vulnerabilities.
    pub scan: Option<ScanReport>,
}

/// One component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its package URL, if it has a valid one.
    pub purl: Option<String>,
}

impl InventoryReport {
    /// The vulnerabilities, where the document lists any.
    pub(super) fn scan(&self) -> Result<&ScanReport, IngestError> {
        self.scan.as_ref().ok_or_else(|| IngestError::Nothing {
            file: self.origin.file.clone(),
            format: self.origin.format,
            what: "lists no vulnerabilities, and an inventory without them is not a clean scan",
        })
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
        let resource = Resource { name: None, uri: component.purl.clone(), digest: BTreeMap::new() };
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
    Ok((resources, Inventory { format: bill.version.clone(), sha256: bill.sha256, components, omitted }))
}
