//! Pages, looked at in a browser: Chromium through playwright-core, judged by axe.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where pages of a test go, with the pictures of them.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Has to find nothing wrong with these pages. Skipped, and said, where browser or packages are missing; CI sets
/// `QMS_REQUIRE_PAGES=1`, and then missing is failing.
pub(crate) fn look_at(pages: &[PathBuf]) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let missing = [
        (here.join("node_modules/axe-core"), "npm ci --prefix tests/pages"),
        (browser(), "apt-get install chromium, or CHROMIUM=PATH"),
    ];
    if let Some((what, how)) = missing.iter().find(|(path, _)| !path.exists()) {
        assert!(std::env::var_os("QMS_REQUIRE_PAGES").is_none(), "{} is missing: {how}", what.display());
        eprintln!("SKIPPED: {} is missing, so no page was looked at: {how}", what.display());
        return;
    }
    let out = pages[0].parent().expect("a folder");
    let looked = Command::new("node").arg(here.join("look.mjs")).arg(out).args(pages).current_dir(&here).output();
    let looked = looked.expect("node runs");
    let said = String::from_utf8_lossy(&looked.stdout).into_owned() + &String::from_utf8_lossy(&looked.stderr);
    assert!(looked.status.success(), "pictures are in {}:\n{said}", out.display());
}

fn browser() -> PathBuf {
    std::env::var_os("CHROMIUM").map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from)
}
