//! A package unpacked where there may be no git: a repository of its objects and references alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use gix_pack::Bundle;
use gix_pack::bundle::write::Options;

use super::objects::LARGEST_OBJECT;
use super::package::README;

/// Why a package cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// A reference that git would not have.
    #[error("{name:?} is no name of a reference: {reason}")]
    Name {
        /// As the package writes it.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A reference that it has twice.
    #[error("it has two references {0}")]
    Twice(String),
    /// What is no pack, or not what it says it is.
    #[error("its objects cannot be read: {0}")]
    Pack(String),
    /// No room, or no permission.
    #[error("unpacking it: {0}")]
    Io(#[from] io::Error),
}

/// Makes a bare repository in a folder that is there and empty, of a pack and these references.
pub fn unpack(folder: &Path, refs: &[(String, String)], pack: impl Read) -> Result<(), UnpackError> {
    let mut sorted = BTreeMap::new();
    for (name, id) in refs {
        gix::validate::reference::name(name.as_str().into())
            .map_err(|error| UnpackError::Name { name: name.clone(), reason: error.to_string() })?;
        if sorted.insert(name, id).is_some() {
            return Err(UnpackError::Twice(name.clone()));
        }
    }
    let objects = folder.join("objects").join("pack");
    std::fs::create_dir_all(&objects)?;
    std::fs::create_dir_all(folder.join("refs"))?;
    std::fs::write(folder.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
    std::fs::write(folder.join("HEAD"), format!("ref: {README}\n"))?;
    let options = Options { alloc_limit_bytes: Some(LARGEST_OBJECT), ..Options::default() };
    Bundle::write_to_directory(
        &mut BufReader::new(pack),
        Some(&objects),
        &mut gix::progress::Discard,
        &AtomicBool::new(false),
        None::<gix::objs::find::Never>,
        gix::hash::Kind::Sha1,
        options,
    )
    .map_err(|error| UnpackError::Pack(error.to_string()))?;
    let mut packed = String::from("# pack-refs with: sorted \n");
    for (name, id) in sorted {
        let _ = writeln!(packed, "{id} {name}");
    }
    Ok(std::fs::write(folder.join("packed-refs"), packed)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(refs: &[(&str, &str)], pack: &[u8]) -> UnpackError {
        let folder = tempfile::tempdir().expect("a folder");
        let refs: Vec<_> = refs.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).collect();
        unpack(folder.path(), &refs, pack).expect_err("refused")
    }

    #[test]
    fn what_git_would_not_have_is_refused() {
        let id = "4e".repeat(20);
        for name in ["refs/tags/../../../config", "refs/tags/a b", "refs/tags/a\nb", "/etc/passwd", ""] {
            assert!(matches!(refused(&[(name, &id)], b""), UnpackError::Name { .. }), "{name:?}");
        }
        assert!(matches!(refused(&[("refs/tags/a", &id), ("refs/tags/a", &id)], b""), UnpackError::Twice(_)));
        let claims_much =
            [&b"PACK\x00\x00\x00\x02\xff\xff\xff\xff"[..], &[0xb0, 0xff, 0xff, 0xff, 0xff, 0x7f]].concat();
        for pack in [&b""[..], b"PACK", b"PACK\x00\x00\x00\x09\x00\x00\x00\x01", &claims_much, &[0; 64]] {
            assert!(matches!(refused(&[], pack), UnpackError::Pack(_)), "{pack:?}");
        }
    }
}
