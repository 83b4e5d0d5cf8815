//! Names the rules of verification by their sources, so that an index that other rules made is never believed.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Result;
use std::path::Path;

/// The modules that decide what a verification comes to, or how it is kept.
const RULES: &[&str] =
    &["src/record", "src/envelope", "src/trust", "src/store", "src/verify", "src/release", "src/cli"];

fn main() -> Result<()> {
    let mut digest = DefaultHasher::new();
    for folder in RULES {
        println!("cargo::rerun-if-changed={folder}");
        add(&mut digest, Path::new(folder))?;
    }
    println!("cargo::rustc-env=QMS_RULES={:016x}", digest.finish());
    Ok(())
}

/// Adds every file below a folder, in the order of names.
fn add(digest: &mut DefaultHasher, path: &Path) -> Result<()> {
    if !path.is_dir() {
        digest.write(path.to_string_lossy().as_bytes());
        digest.write(&fs::read(path)?);
        return Ok(());
    }
    let entries: Result<Vec<_>> = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect();
    let mut entries = entries?;
    entries.sort();
    entries.iter().try_for_each(|entry| add(digest, entry))
}
