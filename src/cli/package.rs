//! A package opened on its own: in a repository that is there for as long as it is looked at.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::Start;
use super::context::{Context, FILES, LEDGER, TRUST};
use super::error::{Error, Result, While as _};
use crate::store::{BundleHead, is_pack_whole, unpack};

/// A folder that goes when it is let go.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| Error::new(format!("no random numbers: {error}")))?;
        let name = format!("git-qms-{:032x}", u128::from_le_bytes(random));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).while_(format!("making {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// A package in a repository of its own.
pub struct Opened {
    /// That repository.
    pub context: Context,
    _folder: Scratch,
}

/// Whether a file is a package; false for what is no file.
pub fn is_package(file: &Path) -> bool {
    let mut begin = [0; 16];
    file.is_file()
        && std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut begin)).is_ok()
        && BundleHead::begins(&begin)
}

/// What a package says of itself.
pub fn head_of(file: &Path) -> Result<BundleHead> {
    let mut bytes = Vec::new();
    let open = std::fs::File::open(file)
        .while_(format!("opening {}", file.display()))
        .map_err(|error| error.hint("name a package, as git qms export RELEASE --format bundle --to FILE makes it"))?;
    open.take(4 << 20).read_to_end(&mut bytes).while_(format!("reading {}", file.display()))?;
    let head = BundleHead::parse(&bytes).map_err(|error| {
        Error::new(format!("{}: {error}", file.display()))
            .hint("a package is made by: git qms export RELEASE --format bundle --to FILE")
    })?;
    for (name, what) in [(TRUST, "trust"), (LEDGER, "ledger")] {
        if head.tip(name).is_none() {
            return Err(Error::new(format!(
                "{} is a git bundle, but no package: it holds no {what} ({name})",
                file.display()
            ))
            .hint("a package is made by: git qms export RELEASE --format bundle --to FILE"));
        }
    }
    let pack = std::fs::File::open(file).and_then(|mut pack| {
        pack.seek(SeekFrom::Start(head.length as u64))?;
        is_pack_whole(pack)
    });
    if !pack.while_(format!("reading {}", file.display()))? {
        return Err(damaged(file, &"its objects do not have the checksum that it ends with"));
    }
    Ok(head)
}

/// A package that cannot be read, and why.
pub fn damaged(file: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(format!("{} is damaged or cut off", file.display()))
        .detail(error.to_string())
        .hint("get it again, and compare the SHA-256 that export told: sha256sum FILE")
}

/// Opens a package on its own. Whatever repository is around is not looked at.
pub fn open(start: &Start, file: &Path) -> Result<Opened> {
    if let Some(name) = ["GIT_DIR", "GIT_OBJECT_DIRECTORY"].iter().find(|name| start.environment.get(name).is_some()) {
        return Err(
            Error::new(format!("{name} is set, and a package is verified by itself")).hint(format!("unset {name}"))
        );
    }
    let head = head_of(file)?;
    if let Some(needed) = head.prerequisites.first() {
        return Err(Error::new(format!(
            "{} is not whole: it needs commit {needed}, which is elsewhere",
            file.display()
        ))
        .hint("take it into a repository that has it: git qms import FILE; or have a whole one made: git qms export"));
    }
    let folder = Scratch::new()?;
    let ours: Vec<_> = head.refs.iter().filter(|(name, _)| is_ours(name)).cloned().collect();
    let mut pack = std::fs::File::open(file).while_(format!("opening {}", file.display()))?;
    pack.seek(SeekFrom::Start(head.length as u64)).while_(format!("reading {}", file.display()))?;
    unpack(&folder.0, &ours, pack).map_err(|error| damaged(file, &error))?;
    let context = Context::open_at(start, &folder.0)?;
    Ok(Opened { context, _folder: folder })
}

fn is_ours(name: &str) -> bool {
    [LEDGER, TRUST, FILES].contains(&name) || name.starts_with("refs/tags/") || name.starts_with("refs/heads/")
}
