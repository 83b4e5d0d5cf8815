//! The SHA-256 of a file on disk, whatever its size.

use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::error::{Error, Result};
use crate::record::FileDigest;

/// Digest and size in bytes, read in pieces.
pub fn of_file(path: &Path) -> Result<(FileDigest, u64)> {
    let failed = |error: std::io::Error| Error::new(format!("cannot read {}: {error}", path.display())).hint("check the path");
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece).map_err(failed)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        size += read as u64;
    }
    let bytes: [u8; 32] = hash.finalize().into();
    Ok((bytes.into(), size))
}
