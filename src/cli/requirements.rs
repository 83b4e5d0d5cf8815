//! Requirements as commits have them, read from git and never from the work tree.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::context::Context;
use super::error::{Error, Result, While as _};
use crate::ingest::requirement::{Requirements, Selection, Tree};
use crate::policy::{self, Linked, Policy, Traced};
use crate::record::{BlobId, Claim, CommitId, Kind, RequirementId};
use crate::store::{CommitInfo, Folders, Repository};
use crate::trace::{Doubt, Past};
use crate::verify::Ledger;

/// The files of one commit, by path.
struct CommitTree<'a> {
    repo: &'a Repository,
    files: BTreeMap<String, BlobId>,
}

impl Tree for CommitTree<'_> {
    fn paths(&self) -> std::result::Result<Vec<String>, String> {
        Ok(self.files.keys().cloned().collect())
    }

    fn read(&self, path: &str, max: usize) -> std::result::Result<Option<Vec<u8>>, String> {
        let blob = self.files.get(path).map(|id| self.repo.blob(id, max));
        blob.transpose().map_err(|error| error.to_string())
    }
}

type Read = std::result::Result<Rc<Requirements>, String>;

/// The requirements of any commit, by one catalog. Commits whose files of requirements are the same are read once.
pub struct Library<'a> {
    repo: &'a Repository,
    places: &'a policy::Requirements,
    known: RefCell<HashMap<Vec<(String, BlobId)>, Read>>,
    /// What was listed of the commits so far.
    folders: RefCell<Folders>,
}

impl<'a> Library<'a> {
    /// Of a repository, by what the catalog says.
    pub fn new(repo: &'a Repository, places: &'a policy::Requirements) -> Self {
        Self { repo, places, known: RefCell::default(), folders: RefCell::default() }
    }

    /// Those of a commit. Where no file of it is one of requirements, that is an error: nothing is not everything.
    pub fn at(&self, commit: CommitId) -> Result<Rc<Requirements>> {
        let found = self.requirements_at(commit);
        let found = found.map_err(|reason| Error::new(format!("the requirements at {}: {reason}", commit.short())))?;
        if found.all().len() == 0 {
            let paths: Vec<String> = self.places.paths.iter().map(ToString::to_string).collect();
            let text = format!("no requirement is written at {} in {}", commit.short(), paths.join(", "));
            return Err(Error::new(text).hint("correct paths of [requirements] in .qms/policy.toml"));
        }
        Ok(found)
    }

    /// The text of every source file in which tags count, by path.
    pub fn tagged_files(&self, commit: CommitId, max: usize) -> Result<Vec<(String, Vec<u8>)>> {
        let files = self.repo.blobs_of(&commit).while_("reading the files of the commit")?;
        let files = files.into_iter().filter(|(path, _)| self.places.is_tagged_in(path));
        files.map(|(path, blob)| Ok((path, self.repo.blob(&blob, max)?))).collect()
    }
}

impl Past for Library<'_> {
    fn requirements_at(&self, commit: CommitId) -> Read {
        // What stands beside a file of requirements may tell how to read it: the settings of Doorstop.
        let is_read = |path: &str| self.places.is_written_in(path) || path.ends_with(".doorstop.yml");
        let read = self.repo.wanted_blobs(&commit, &mut self.folders.borrow_mut(), &is_read);
        let read = read.map_err(|error| error.to_string())?;
        if let Some(known) = self.known.borrow().get(&read) {
            return known.clone();
        }
        let tree = CommitTree { repo: self.repo, files: read.iter().cloned().collect() };
        let selection = Selection {
            is_wanted: &|path| self.places.is_written_in(path),
            types: &self.places.types,
            inactive: &self.places.inactive,
        };
        let found = Requirements::read(&tree, selection).map(Rc::new).map_err(|error| error.to_string());
        self.known.borrow_mut().insert(read, found.clone());
        found
    }
}

/// What the catalog says of requirements; an error with the way where it says nothing.
pub fn places(policy: &Policy) -> Result<&policy::Requirements> {
    policy.requirements.as_ref().ok_or_else(|| {
        Error::new("the catalog does not say where requirements are written, so that none is read")
            .hint("add to .qms/policy.toml: [requirements] with paths = [\"requirements/**/*.yml\"]")
    })
}

/// What the requirements of a commit say about the links of plans and of the tests of its tree, where a rule asks.
pub fn traced(repo: &Repository, ledger: &Ledger, policy: &Policy, commit: &CommitInfo) -> Traced {
    let mut rules = policy.controls.iter().flat_map(|control| &control.require);
    let is_asked = rules.any(|rule| rule.metric.name.starts_with("requirements."));
    let Some(places) = policy.requirements.as_ref().filter(|_| is_asked) else { return Traced::NotWritten };
    let written = match Library::new(repo, places).at(commit.id) {
        Ok(written) => written,
        Err(error) => return Traced::Unread(error.to_string()),
    };
    let planned = ledger.of_kind(Kind::Plan).flat_map(|record| match &record.claim {
        Claim::Plan(plan) => &plan.requirements[..],
        _ => &[],
    });
    let tests = ledger.by_tree(commit.tree).filter_map(|record| record.header.test.as_ref());
    let cases = tests.flat_map(|test| &test.suites).flat_map(|suite| &suite.cases);
    let names = planned.chain(cases.flat_map(|case| &case.requirements));
    let link = |name: &RequirementId| {
        let (one, revision) = written.linked(name)?;
        let doubt = Doubt::of_link(one, revision).map(|doubt| doubt.to_string());
        Some((name.clone(), Linked { id: one.id.clone(), active: one.active, doubt }))
    };
    Traced::Known(names.filter_map(link).collect())
}

impl Context {
    /// The requirements of a commit by its own catalog, for the links in names of tests; none where it says nothing of
    /// them. What is wrong with them is a warning: the tests were run all the same.
    pub fn requirements_of(&self, commit: CommitId) -> Result<Option<Rc<Requirements>>> {
        /// As the gate reads it.
        const MAX_POLICY: usize = 1 << 20;
        let Some(bytes) = self.repo.read_blob_at(&commit, policy::PATH, MAX_POLICY)? else { return Ok(None) };
        let catalog = String::from_utf8(bytes).ok().and_then(|text| policy::parse(&text, policy::PATH).ok());
        let Some(places) = catalog.and_then(|catalog| catalog.requirements) else { return Ok(None) };
        match Library::new(&self.repo, &places).at(commit) {
            Ok(found) => Ok(Some(found)),
            Err(error) => {
                self.ui.warn(&format!("{error}; names of tests link nothing"));
                Ok(None)
            }
        }
    }
}
