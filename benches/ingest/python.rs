//! What a script would read the same file with. Python times itself, so that its start does not count.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::written::Shape;

/// A way to read in Python.
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    /// What has to be there.
    imports: &'static str,
    /// Reads the file `path`, of a shape that it knows.
    code: fn(Shape) -> Option<&'static str>,
}

/// In the order of the columns.
pub(crate) const READERS: [Reader; 2] = [
    Reader {
        name: "Python's own parser",
        imports: "import json, xml.etree.ElementTree as tree",
        code: |shape| match shape {
            Shape::JUnit => {
                Some("print(sum(1 for case in tree.parse(path).iter('testcase') if case.find('failure') is None))")
            }
            Shape::Xml => Some("print(sum(1 for _ in tree.parse(path).iter()))"),
            Shape::Json => Some("print(len(json.load(open(path))))"),
            Shape::JsonLines => Some("print(sum(1 for line in open(path) if json.loads(line)))"),
            Shape::Text => None,
        },
    },
    Reader {
        name: "junitparser",
        imports: "from junitparser import JUnitXml",
        code: |shape| match shape {
            Shape::JUnit => {
                Some("print(sum(1 for suite in JUnitXml.fromfile(path) for case in suite if case.is_passed))")
            }
            _ => None,
        },
    },
];

impl Reader {
    /// How long it takes; `None` where it does not read such files, or is not there.
    pub(crate) fn read(&self, shape: Shape, path: &Path) -> Option<Duration> {
        let code = (self.code)(shape)?;
        let script = format!(
            "import sys, time\n{}\npath = sys.argv[1]\nstarted = time.perf_counter()\n{code}\nprint(time.perf_counter() - started)",
            self.imports
        );
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let said =
            Command::new(python).args(["-c", &script]).arg(path).output().ok().filter(|said| said.status.success())?;
        let said = String::from_utf8(said.stdout).ok()?;
        said.lines().last()?.parse().ok().map(Duration::from_secs_f64)
    }
}
