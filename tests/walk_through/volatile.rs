//! What differs from run to run: ids, fingerprints, days and times. A guide shows examples; each stands for one value
//! of the run, everywhere in the guide.

use std::collections::BTreeMap;

/// A line with its volatile parts taken out.
struct Shape {
    text: String,
    parts: Vec<String>,
}

/// Which example stands for which value.
#[derive(Default)]
pub(crate) struct Examples(BTreeMap<String, String>);

impl Examples {
    /// A command of the guide, with the values of this run.
    pub(crate) fn put_into(&self, command: &str) -> String {
        replaced(command, |part| self.0.get(part))
    }

    /// A line of output, with the examples of the guide.
    pub(crate) fn put_back(&self, line: &str) -> String {
        replaced(line, |part| self.0.iter().find(|(_, value)| *value == part).map(|(example, _)| example))
    }

    /// Both texts without what may differ; learns the examples of lines that agree, and says where one stands for two.
    pub(crate) fn compare(
        &mut self,
        expected: &[String],
        found: &[String],
    ) -> (Vec<String>, Vec<String>, Option<String>) {
        let (expected, found): (Vec<Shape>, Vec<Shape>) =
            (expected.iter().map(|line| shape(line)).collect(), found.iter().map(|line| shape(line)).collect());
        let mut clash = None;
        if !expected.iter().any(|line| line.text == "...") {
            for (expected, found) in expected.iter().zip(&found).filter(|(one, other)| one.text == other.text) {
                for (example, value) in expected.parts.iter().zip(&found.parts).filter(|(example, _)| !is_time(example))
                {
                    let known = self.0.entry(example.clone()).or_insert_with(|| value.clone());
                    if known != value {
                        clash = Some(format!("{example} stands for {known} and for {value}"));
                    }
                }
            }
        }
        let texts = |shapes: Vec<Shape>| shapes.into_iter().map(|shape| shape.text).collect();
        (texts(expected), texts(found), clash)
    }
}

/// A text with its volatile parts exchanged, as far as there is something to put in their place.
fn replaced<'a>(text: &str, by: impl Fn(&String) -> Option<&'a String>) -> String {
    let shape = shape(text);
    let mut parts = shape.parts.iter().map(|part| by(part).unwrap_or(part));
    shape.text.split(MARK).enumerate().fold(String::new(), |text, (at, piece)| match at {
        0 => text + piece,
        _ => text + parts.next().expect("one part a mark") + piece,
    })
}

const MARK: &str = "‹›";

fn shape(line: &str) -> Shape {
    let mut shape = Shape { text: String::new(), parts: Vec::new() };
    let mut rest = line;
    let mut is_start = true;
    while let Some(next) = rest.chars().next() {
        let length = if is_start { volatile(rest) } else { 0 };
        if length > 0 {
            shape.parts.push(rest[..length].to_owned());
            shape.text += MARK;
            rest = &rest[length..];
            is_start = false;
        } else {
            shape.text.push(next);
            is_start = !next.is_ascii_alphanumeric();
            rest = &rest[next.len_utf8()..];
        }
    }
    shape
}

/// How many bytes at the start of a word are volatile.
fn volatile(text: &str) -> usize {
    for form in ["dddd-dd-ddTdd:dd:ddZ", "dddd-dd-dd", "dddd.dd.dd"] {
        if fits(text, form) {
            return form.len();
        }
    }
    let run = |of: fn(&u8) -> bool, from: &str| from.bytes().take_while(of).count();
    if let Some(digest) = text.strip_prefix("SHA256:")
        && run(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte), digest) == 43
    {
        return 50;
    }
    let hex = run(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte), text);
    let ends = !text.as_bytes().get(hex).is_some_and(u8::is_ascii_alphanumeric);
    if ends && (7..=64).contains(&hex) { hex } else { 0 }
}

fn fits(text: &str, form: &str) -> bool {
    text.len() >= form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, of)| if of == b'd' { byte.is_ascii_digit() } else { byte == of })
}

/// Times and dates: one example may stand for several.
fn is_time(part: &str) -> bool {
    part.contains('-')
}

#[test]
fn an_example_stands_for_one_value() {
    let lines = |text: &str| vec![text.to_owned()];
    let mut examples = Examples::default();
    let (expected, found, clash) = examples
        .compare(&lines("id 9f31c0a4b2d1 at 2026-04-13T09:00:00Z"), &lines("id abcdefabcdef at 2026-11-24T05:00:00Z"));
    assert_eq!((expected, clash), (found, None));
    assert_eq!(examples.put_back("of abcdefabcdef"), "of 9f31c0a4b2d1");
    assert_eq!(examples.put_into("show 9f31c0a4b2d1 and x9f31c0a4b2d1"), "show abcdefabcdef and x9f31c0a4b2d1");
    let (_, _, clash) = examples.compare(&lines("9f31c0a4b2d1"), &lines("000000000000"));
    assert!(clash.is_some());
}

#[test]
fn words_and_numbers_stay() {
    for text in ["coverage 66.66 %", "decade", "CHG-1842", "v1.2.3", "exit 1"] {
        assert_eq!(shape(text).text, text);
    }
    assert_eq!(shape("payments@2026.04.13+chg-1").parts, ["2026.04.13"]);
}
