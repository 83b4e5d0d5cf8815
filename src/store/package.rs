//! A package: one git bundle with everything that verification reads, made and opened by stock git.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::git::GitError;
use super::repository::Repository;
use crate::record::UtcTime;
use crate::record::ids::CommitId;

/// The branch that a clone of a package checks out: what it is, and how to check it.
pub const README: &str = "refs/heads/qms-package";

/// No more of a bundle's head is read: 4 MiB.
const LONGEST_HEAD: usize = 4 << 20;

/// Bytes of a pack's checksum.
const CHECKSUM: usize = 20;

/// What a bundle says of itself, before its objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleHead {
    /// References, by full name, and what they point at.
    pub refs: Vec<(String, String)>,
    /// Commits that it needs and does not hold.
    pub prerequisites: Vec<String>,
    /// Bytes before its objects.
    pub length: usize,
}

/// Why a file is no bundle. Source: git's gitformat-bundle(5).
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BundleError {
    /// The first line.
    #[error("it is no git bundle: it does not begin with \"# v2 git bundle\" or \"# v3 git bundle\"")]
    NoBundle,
    /// A line of its head.
    #[error("its head is malformed: {0}")]
    Head(String),
}

impl BundleHead {
    /// Whether these are the first bytes of a bundle.
    pub fn begins(bytes: &[u8]) -> bool {
        bytes.starts_with(b"# v2 git bundle\n") || bytes.starts_with(b"# v3 git bundle\n")
    }

    /// Reads the head from the first bytes of a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        if !Self::begins(bytes) {
            return Err(BundleError::NoBundle);
        }
        let head = |text: &str| BundleError::Head(text.to_owned());
        let bytes = &bytes[..bytes.len().min(LONGEST_HEAD)];
        let end =
            bytes.windows(2).position(|pair| pair == b"\n\n").ok_or_else(|| head("it ends before its objects"))?;
        let text = std::str::from_utf8(&bytes[..end]).map_err(|_| head("it is not UTF-8"))?;
        let mut found = Self { length: end + 2, ..Self::default() };
        for line in text.lines().skip(1) {
            let id = |text: &str| text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
            if line.starts_with('@') {
                continue;
            }
            if let Some(needed) = first.strip_prefix('-').filter(|needed| id(needed)) {
                found.prerequisites.push(needed.to_owned());
            } else if id(first) && !rest.is_empty() {
                found.refs.push((rest.to_owned(), first.to_owned()));
            } else {
                return Err(BundleError::Head(format!(
                    "a line is no reference: {:?}",
                    line.chars().take(80).collect::<String>()
                )));
            }
        }
        Ok(found)
    }

    /// What a reference points at.
    pub fn tip(&self, name: &str) -> Option<&str> {
        self.refs.iter().find(|(known, _)| known == name).map(|(_, id)| id.as_str())
    }
}

/// Whether the objects of a bundle are all there, by the checksum at their end. git does not look where it has them all
/// already. Source: git's gitformat-pack(5).
pub fn is_pack_whole(mut pack: impl std::io::Read) -> std::io::Result<bool> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    let (mut held, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let read = pack.read(&mut buffer)?;
        held.extend_from_slice(&buffer[..read]);
        let hashed = held.len().saturating_sub(CHECKSUM);
        if read == 0 {
            return Ok(held.len() == CHECKSUM && hasher.try_finalize().is_ok_and(|id| id.as_bytes() == held));
        }
        hasher.update(&held[..hashed]);
        held.drain(..hashed);
    }
}

impl Repository {
    /// Writes a bundle of these references and all they need. Nothing here is moved; `files` are what its first branch shows.
    pub fn package(
        &self,
        refs: &[(String, String)],
        files: &[(&str, &str)],
        time: UtcTime,
        out: &mut dyn io::Write,
    ) -> Result<(), GitError> {
        let about = self.about(files, time)?;
        let mut refs = refs.to_vec();
        refs.extend([("HEAD".to_owned(), about.clone()), (README.to_owned(), about)]);
        refs.sort();
        let (mut head, mut wanted) = (String::from("# v2 git bundle\n"), String::new());
        for (name, id) in &refs {
            let _ = writeln!(head, "{id} {name}");
            let _ = writeln!(wanted, "{id}");
        }
        head.push('\n');
        let args = ["pack-objects", "--revs", "--stdout", "--delta-base-offset", "--quiet"];
        self.git.stream(&args, wanted.as_bytes(), head.as_bytes(), out)
    }

    /// A parentless commit with these files at its top. No reference holds it here.
    fn about(&self, files: &[(&str, &str)], time: UtcTime) -> Result<String, GitError> {
        let id = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
        let mut tree = String::new();
        for (name, text) in files {
            let blob = self.git.write(&["hash-object", "-w", "--stdin"], Some(text.as_bytes()))?.success()?;
            let _ = writeln!(tree, "100644 blob {}\t{name}", id(blob));
        }
        let tree = id(self.git.write(&["mktree"], Some(tree.as_bytes()))?.success()?);
        let by = format!("git-qms <git-qms@localhost> {} +0000", time.seconds());
        let commit = format!("tree {tree}\nauthor {by}\ncommitter {by}\n\nWhat this package is, and how to check it\n");
        let written = self.git.write(&["hash-object", "-t", "commit", "-w", "--stdin"], Some(commit.as_bytes()))?;
        Ok(id(written.success()?))
    }

    /// Brings the objects of a bundle here, and its references, each as it is mapped.
    pub fn fetch_bundle(&self, file: &Path, specs: &[String]) -> Result<(), GitError> {
        let file = file.as_os_str().to_owned();
        let args = [
            "fetch",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            "--quiet",
            "--refmap=",
            "--stdin",
            "--end-of-options",
        ];
        let args: Vec<std::ffi::OsString> = args.iter().map(std::ffi::OsString::from).chain([file]).collect();
        self.git.write(&args, Some(specs.concat().as_bytes()))?.success().map(drop)
    }

    /// Whether a commit is reached by one of these.
    pub fn is_reached(&self, commit: &CommitId, tips: &[CommitId]) -> Result<bool, super::reader::ReadError> {
        for tip in tips {
            if self.is_ancestor(commit, tip)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_bundle_is_read_and_what_is_none_is_refused() {
        let id = "4e".repeat(20);
        let text = format!("# v2 git bundle\n-{id} Needed\n{id} refs/notes/qms\n{id} refs/tags/a@1+c\n\nPACK");
        let head = BundleHead::parse(text.as_bytes()).expect("a head");
        assert_eq!(head.prerequisites, std::slice::from_ref(&id));
        assert_eq!(head.tip("refs/notes/qms"), Some(&id[..]));
        assert_eq!(BundleHead::parse(b"PK\x03\x04"), Err(BundleError::NoBundle));
        for bad in ["# v2 git bundle\nxyz refs/a\n\n", "# v2 git bundle\n", "# v2 git bundle\n-\n\n"] {
            assert!(matches!(BundleHead::parse(bad.as_bytes()), Err(BundleError::Head(_))), "{bad}");
        }
    }
}
