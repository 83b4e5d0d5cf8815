//! Which file of the repository a report means. Tools write paths from the top of the repository, from a
//! source folder, from a package, or from the root of the machine; rules about paths need the first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{CoverageReport, SourceFile, doubts};
use crate::ingest::Report;

/// What the paths of a report are relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// The folder in which the tool ran; most often the top of the repository.
    Folder,
    /// One of these source folders.
    Sources(Vec<String>),
    /// A source folder that the report does not name: `com/example/Till.java`, or, where the report has it in a
    /// group, `core:com/example/Till.java`.
    Package,
}

/// The repository, as far as it tells what a path means.
#[derive(Debug, Default)]
pub struct Places {
    /// The top of the work tree on this machine, in each of its spellings.
    tops: Vec<String>,
    files: BTreeSet<String>,
    /// The same by the last part of their path.
    by_name: HashMap<String, Vec<String>>,
}

impl Places {
    /// From the top of the work tree, in each of its spellings, and the files of the commit.
    pub fn new(tops: impl IntoIterator<Item = String>, files: impl IntoIterator<Item = String>) -> Self {
        let files: BTreeSet<String> = files.into_iter().collect();
        let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
        for file in &files {
            by_name.entry(last(file).to_owned()).or_default().push(file.clone());
        }
        let tops = tops.into_iter().map(|top| plain(&top)).filter(|top| is_absolute(top)).collect();
        Self { tops, files, by_name }
    }

    /// The path from the top of the repository, or, where that cannot be told, as it is written.
    fn place(&self, path: &str, base: &Base) -> String {
        let path = plain(path);
        if is_absolute(&path) {
            return self.below_top(&path).unwrap_or(path);
        }
        match base {
            Base::Folder => path,
            Base::Sources(sources) => self.in_sources(path, sources),
            Base::Package => self.in_package(path),
        }
    }

    fn below_top(&self, path: &str) -> Option<String> {
        let below = |top: &String| Some(path.strip_prefix(top.as_str())?.strip_prefix('/')?.to_owned());
        self.tops.iter().find_map(below)
    }

    fn in_sources(&self, path: String, sources: &[String]) -> String {
        let joined = |source: &String| {
            let whole = plain(&format!("{source}/{path}"));
            if is_absolute(&whole) { self.below_top(&whole) } else { Some(whole) }
        };
        let candidates: BTreeSet<String> =
            sources.iter().filter(|source| !source.is_empty()).filter_map(joined).collect();
        let known: Vec<&String> = candidates.iter().filter(|file| self.files.contains(*file)).collect();
        match (known.as_slice(), candidates.len()) {
            ([file], _) => (*file).clone(),
            // A file that was generated is in no commit.
            ([], 1) if !self.files.contains(&path) => candidates.into_iter().next().unwrap_or(path),
            _ => path,
        }
    }

    fn in_package(&self, path: String) -> String {
        let (groups, package) = path.rsplit_once(':').unwrap_or(("", &path));
        let named = self.by_name.get(last(package)).map(Vec::as_slice).unwrap_or_default();
        let fits =
            |file: &&String| file.strip_suffix(package).is_some_and(|front| front.is_empty() || front.ends_with('/'));
        let fitting: Vec<&String> = named.iter().filter(fits).collect();
        let has_groups = |file: &&&String| groups.split('/').all(|group| file.split('/').any(|part| part == group));
        let in_groups: Vec<&&String> = fitting.iter().filter(has_groups).collect();
        match (fitting.as_slice(), in_groups.as_slice()) {
            ([file], _) => (*file).clone(),
            (_, [file]) => (**file).clone(),
            _ => path,
        }
    }
}

impl Report {
    /// The same report, with paths from the top of the repository wherever these can be told.
    #[must_use]
    pub fn located(self, places: &Places) -> Self {
        match self {
            Self::Coverage(report) => Self::Coverage(report.located(places)),
            other => other,
        }
    }
}

impl CoverageReport {
    fn located(mut self, places: &Places) -> Self {
        let mut files: BTreeMap<String, SourceFile> = BTreeMap::new();
        for (path, file) in &self.files {
            let place = places.place(path, &self.base);
            if place != *path {
                for doubt in &mut self.discrepancies {
                    if let Some(field) = doubts::moved(&doubt.field, path, &place) {
                        doubt.field = field;
                    }
                }
            }
            files.entry(place).or_default().unite(file);
        }
        Self { files, base: Base::Folder, ..self }
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || has_drive(path)
}

/// `C:/` and the like.
fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// One spelling: slashes, no `.`, no `..` that can be taken back, no slash at the end.
fn plain(path: &str) -> String {
    // A backslash is a letter in the name of a file elsewhere, but not where it is the only thing that parts them.
    let from_windows = has_drive(path) || (path.contains('\\') && !path.contains('/'));
    let path = if from_windows { path.replace('\\', "/") } else { path.to_owned() };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != ".." && !last.ends_with(':')) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let front = if path.starts_with('/') { "/" } else { "" };
    format!("{front}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let files = [
            "src/a.c",
            "py/till/price.py",
            "setup.py",
            "one/util.py",
            "two/util.py",
            "core/src/main/java/com/example/Till.java",
            "web/src/main/java/com/example/Page.java",
            "core/src/main/java/com/example/Page.java",
        ];
        Places::new(["/home/ada/till/".into(), "C:\\work\\till".into()], files.map(str::to_owned))
    }

    #[test]
    fn an_absolute_path_below_the_top_is_relative_to_it() {
        let places = places();
        for (written, expected) in [
            ("/home/ada/till/src/a.c", "src/a.c"),
            ("/home/ada/till/build/../src/./a.c", "src/a.c"),
            ("C:\\work\\till\\src\\a.c", "src/a.c"),
            ("/home/ada/till2/src/a.c", "/home/ada/till2/src/a.c"),
            ("/home/ada/till", "/home/ada/till"),
            ("./src/a.c", "src/a.c"),
            ("src\\a.c", "src/a.c"),
            ("../other/a.c", "../other/a.c"),
            ("odd\\name/a.c", "odd\\name/a.c"),
        ] {
            assert_eq!(places.place(written, &Base::Folder), expected, "{written}");
        }
    }

    #[test]
    fn a_source_folder_is_put_in_front() {
        let places = places();
        let place = |sources: &[&str], path: &str| {
            places.place(path, &Base::Sources(sources.iter().map(|one| (*one).to_owned()).collect()))
        };
        assert_eq!(place(&["/home/ada/till/py/till"], "price.py"), "py/till/price.py");
        assert_eq!(place(&["/usr/lib", "/home/ada/till/py"], "till/price.py"), "py/till/price.py");
        assert_eq!(place(&["/home/ada/till"], "src/a.c"), "src/a.c");
        assert_eq!(place(&["/home/ada/till/py"], "made.py"), "py/made.py", "not in the commit");
        assert_eq!(place(&["/elsewhere"], "src/a.c"), "src/a.c");
        // Which of the two is meant, nobody can tell.
        assert_eq!(place(&["/home/ada/till/one", "/home/ada/till/two"], "util.py"), "util.py");
        assert_eq!(place(&["one"], "util.py"), "one/util.py");
    }

    #[test]
    fn a_package_is_found_where_one_file_alone_has_it() {
        let places = places();
        let place = |path: &str| places.place(path, &Base::Package);
        assert_eq!(place("com/example/Till.java"), "core/src/main/java/com/example/Till.java");
        assert_eq!(place("web:com/example/Page.java"), "web/src/main/java/com/example/Page.java");
        assert_eq!(place("com/example/Page.java"), "com/example/Page.java", "two have it");
        assert_eq!(place("shop:com/example/Page.java"), "shop:com/example/Page.java", "two have it");
        assert_eq!(place("org/example/Till.java"), "org/example/Till.java", "another package");
        assert_eq!(place("setup.py"), "setup.py");
    }
}
