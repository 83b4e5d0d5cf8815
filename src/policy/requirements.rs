//! `[requirements]` of the catalog: where requirements are written, and what links them.

use toml::Spanned;
use toml::de::DeValue;

use super::glob::Glob;
use super::problem::Problems;
use super::table::{Placed, list, parsed, sentence, string, table};

/// Words of a status that take a requirement out of force, where the catalog names none.
const INACTIVE: [&str; 6] = ["rejected", "withdrawn", "obsolete", "deprecated", "deleted", "inactive"];

/// Trailers of commits that name requirements, where the catalog names none.
const TRAILERS: [&str; 2] = ["Implements", "Refs"];

/// Where requirements are written, and what links them. Without it nothing is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// The files that hold requirements; at least one pattern.
    pub paths: Vec<Glob>,
    /// The types that are requirements, where their form has types; empty for all.
    pub types: Vec<String>,
    /// The words of a status that take a requirement out of force, in any case.
    pub inactive: Vec<String>,
    /// The source files whose tags (`[impl->dsn~x~1]`) count; empty for none.
    pub tags: Vec<Glob>,
    /// The trailers of commits that name requirements, in any case.
    pub trailers: Vec<String>,
}

impl Requirements {
    /// Whether requirements are written there.
    pub fn is_written_in(&self, path: &str) -> bool {
        self.paths.iter().any(|glob| glob.matches(path))
    }

    /// Whether tags are looked for there.
    pub fn is_tagged_in(&self, path: &str) -> bool {
        self.tags.iter().any(|glob| glob.matches(path))
    }

    pub(super) fn read<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<Self> {
        let mut section = table("[requirements]", value, problems)?;
        let paths = section.required("paths", "[\"requirements/**/*.yml\"]", problems);
        if let Some(paths) = paths.filter(|paths| paths.get_ref().as_array().is_some_and(|all| all.is_empty())) {
            let mend = "for instance: [\"requirements/**/*.yml\"]; or take [requirements] out";
            problems.add(paths.span(), "an empty list", "at least one pattern", mend);
        }
        let globs =
            |value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>| values(list(value, problems, parsed));
        let paths = paths.map(|value| globs(value, problems));
        let tags = section.optional("tags").map(|value| globs(value, problems));
        let mut words = |key| section.optional(key).map(|value| values(list(value, problems, sentence)));
        let (types, inactive) = (words("types"), words("inactive"));
        let trailers = section.optional("trailers").map(|value| values(list(value, problems, trailer)));
        section.finish(problems);
        let standard = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Some(Self {
            paths: paths?,
            types: types.unwrap_or_default(),
            inactive: inactive.unwrap_or_else(|| standard(&INACTIVE)),
            tags: tags.unwrap_or_default(),
            trailers: trailers.unwrap_or_else(|| standard(&TRAILERS)),
        })
    }
}

/// The key of a trailer, as git takes it.
fn trailer(value: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<String> {
    let text = string(value, problems)?;
    let is_key = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_key {
        let expected = "the key of a trailer: letters, digits and dashes";
        problems.add(value.span(), format!("trailer {text:?}"), expected, "for instance: \"Implements\"");
    }
    is_key.then(|| text.to_owned())
}

fn values<T>(placed: Vec<Placed<T>>) -> Vec<T> {
    placed.into_iter().map(|one| one.value).collect()
}

#[cfg(test)]
mod tests {
    fn read(section: &str) -> Result<Option<super::Requirements>, String> {
        let starter = crate::policy::starter(None, &"till".parse().expect("a name"));
        let parsed = crate::policy::parse(&format!("{starter}\n{section}"), "policy.toml");
        parsed.map(|policy| policy.requirements).map_err(|errors| errors.to_string())
    }

    #[test]
    fn nothing_is_read_where_nothing_is_said() {
        assert_eq!(read(""), Ok(None));
    }

    #[test]
    fn what_is_left_out_has_a_standard() {
        let found = read("[requirements]\npaths = [\"reqs/**\"]").expect("sound").expect("there");
        assert!(found.is_written_in("reqs/a/b.yml") && !found.is_written_in("src/a.rs"));
        assert_eq!(found.trailers, ["Implements", "Refs"]);
        assert!(found.types.is_empty() && found.tags.is_empty() && found.inactive.contains(&"rejected".to_owned()));
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        for (section, said) in [
            ("[requirements]", "[requirements] has no paths"),
            ("[requirements]\npaths = []", "at least one pattern"),
            ("[requirements]\npaths = [\"/a\"]", "\"/a\" cannot stand here"),
            ("[requirements]\npaths = [\"a\"]\nformat = \"csv\"", "unknown key format"),
            ("[requirements]\npaths = [\"a\"]\ntrailers = [\"Fixes: \"]", "trailer \"Fixes: \""),
            ("[[requirements]]\npaths = [\"a\"]", "expected a table"),
        ] {
            let found = read(section).expect_err(section);
            assert!(found.contains(said), "{section}: {found}");
        }
    }
}
