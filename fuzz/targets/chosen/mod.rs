//! What a run is about, where several readers share a target.

use std::sync::LazyLock;

static CHOSEN: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("FUZZ_ONLY").ok());

/// Whether it is about the format of this name; so it is about all, unless `FUZZ_ONLY` has the name of one, in lower
/// case and with a hyphen for whatever is no letter and no digit.
pub fn is(format: &str) -> bool {
    CHOSEN.as_ref().is_none_or(|chosen| *chosen == slug(format))
}

fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
