//! Path patterns: `*` and `?` within one folder, `**` over any number of them.

use std::fmt;
use std::str::FromStr;

/// The longest pattern, in bytes.
const MAX_LENGTH: usize = 500;

/// A pattern over paths from the top of the repository, parted by `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`
    Folders,
    /// One name, with `*` and `?` in it.
    Name(Vec<char>),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a path pattern such as src/ledger/** or **/*.rs: from the top, parted by single /, with *, ? and ** alone")]
pub struct GlobError;

impl FromStr for Glob {
    type Err = GlobError;

    fn from_str(text: &str) -> Result<Self, GlobError> {
        // Brackets, braces and backslashes mean something elsewhere; read literally they would surprise.
        let odd = |c: char| c.is_control() || "[]{}\\!".contains(c);
        if text.is_empty() || text.len() > MAX_LENGTH || text.chars().any(odd) {
            return Err(GlobError);
        }
        let part = |part: &str| match part {
            "" | "." | ".." => Err(GlobError),
            "**" => Ok(Part::Folders),
            name if name.contains("**") => Err(GlobError),
            name => Ok(Part::Name(name.chars().collect())),
        };
        Ok(Self { text: text.to_owned(), parts: text.split('/').map(part).collect::<Result<_, _>>()? })
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Glob {
    /// Whether the pattern names this path. Takes time in proportion to both lengths.
    pub fn matches(&self, path: &str) -> bool {
        // Which places in the pattern can be reached so far; `**` stays where it is.
        let mut open = vec![false; self.parts.len() + 1];
        open[0] = true;
        self.pass_folders(&mut open);
        for name in path.split('/') {
            let name: Vec<char> = name.chars().collect();
            let mut next = vec![false; self.parts.len() + 1];
            for (at, part) in self.parts.iter().enumerate().filter(|(at, _)| open[*at]) {
                match part {
                    Part::Folders => next[at] = true,
                    Part::Name(pattern) => next[at + 1] |= name_matches(pattern, &name),
                }
            }
            self.pass_folders(&mut next);
            open = next;
        }
        open[self.parts.len()]
    }

    /// `**` may also stand for no folder at all.
    fn pass_folders(&self, open: &mut [bool]) {
        for (at, part) in self.parts.iter().enumerate() {
            open[at + 1] |= open[at] && *part == Part::Folders;
        }
    }
}

/// On a mismatch only the last `*` takes one more: no other way back can do better.
fn name_matches(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                n = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        pattern.parse::<Glob>().expect("a pattern").matches(path)
    }

    #[test]
    fn stars_stay_in_their_folder_and_double_stars_do_not() {
        for (pattern, path) in [
            ("src/ledger/**", "src/ledger/mod.rs"),
            ("src/ledger/**", "src/ledger/a/b.rs"),
            ("**/*.rs", "main.rs"),
            ("**/*.rs", "a/b/c.rs"),
            ("a/**/z", "a/z"),
            ("a/**/z", "a/b/c/z"),
            ("?.rs", "é.rs"),
            ("*a*b", "xaxab"),
        ] {
            assert!(matches(pattern, path), "{pattern} names {path}");
        }
        for (pattern, path) in [
            ("src/*", "src/a/b"),
            ("*.rs", "a/b.rs"),
            ("src/ledger/**", "src/ledger2/a"),
            ("?", ""),
            ("a/**/z", "a/bz"),
            ("src", "src/a"),
        ] {
            assert!(!matches(pattern, path), "{pattern} does not name {path}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = format!("{}b", "**/*a*a*a*a/".repeat(30));
        assert!(!matches(&pattern, &"aaaaaaaaaaaa/".repeat(200)));
    }

    #[test]
    fn what_other_tools_would_read_otherwise_is_refused() {
        for text in ["", "/src", "src/", "a//b", "../a", "[ab]", "{a,b}", "a\\b", "a**", "!a"] {
            assert_eq!(text.parse::<Glob>(), Err(GlobError), "{text}");
        }
    }
}
