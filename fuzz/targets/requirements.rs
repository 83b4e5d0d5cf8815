//! Any bytes as a file of requirements: refused, or read the same twice. Where a form is chosen, only what is meant to be
//! of it leads to more.
#![no_main]

use git_qms::ingest::requirement::{Names, RequirementError, Requirements, Selection, Tree, source_tags};
use libfuzzer_sys::{Corpus, fuzz_target};

mod chosen;

/// A tree of one file, and of what it takes to read that.
struct Files<'a> {
    path: &'a str,
    bytes: &'a [u8],
}

/// The attributes that the fingerprints of Doorstop cover.
const SETTINGS: (&str, &[u8]) = ("reqs/.doorstop.yml", b"settings:\n  digits: 3\n  prefix: REQ\n  sep: ''\n");

impl Tree for Files<'_> {
    fn paths(&self) -> Result<Vec<String>, String> {
        Ok(vec![SETTINGS.0.to_owned(), self.path.to_owned()])
    }

    fn read(&self, path: &str, _max: usize) -> Result<Option<Vec<u8>>, String> {
        let all = [SETTINGS, (self.path, self.bytes)];
        Ok(all.iter().find(|(known, _)| *known == path).map(|(_, bytes)| bytes.to_vec()))
    }
}

/// What each form may be found in.
const PATHS: [&str; 6] = ["needs.json", "till.sdoc", "reqs/REQ001.yml", "till.yaml", "till.md", "till.csv"];

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let mut corpus = Corpus::Reject;
    for path in PATHS {
        if read(path, bytes).is_some_and(chosen::is) {
            corpus = Corpus::Keep;
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        source_tags(text);
    }
    corpus
});

/// The form that a file at this path was read as.
fn read(path: &str, bytes: &[u8]) -> Option<&'static str> {
    let tree = Files { path, bytes };
    let inactive = ["rejected".to_owned()];
    let read = || Requirements::read(&tree, Selection { is_wanted: &|_| true, types: &[], inactive: &inactive });
    let found = read();
    assert_eq!(found, read(), "read twice");
    match found {
        Ok(found) => {
            let names = Names::of(&found);
            for requirement in found.all() {
                assert_eq!(found.get(&requirement.id), Some(requirement));
                assert_eq!(requirement.id.to_string().parse().as_ref(), Ok(&requirement.id));
                names.in_name(requirement.id.as_str());
            }
            found.all().next().map(|one| one.form)
        }
        Err(RequirementError::Malformed { form, .. }) => Some(form),
        Err(_) => None,
    }
}
