//! The tag's message: release notes for people, the digest of the tree, and the manifest.

use std::fmt::Write as _;

const BEGIN: &str = "-----BEGIN QMS MANIFEST-----";
const END: &str = "-----END QMS MANIFEST-----";
const EVTAG: &str = "Git-EVTag-v0-SHA512: ";

/// The longest message that is read or written: 4 MiB.
pub const MAX_BYTES: usize = 4 << 20;

/// The sections in their order, and whether a release has to have each.
pub const SECTIONS: [(&str, bool); 7] = [
    ("Business reason", true),
    ("Requirements", false),
    ("Test scope", true),
    ("Known risks", false),
    ("Approvals", true),
    ("Exceptions", false),
    ("Rollback", true),
];

/// What a release's tag says, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// The first line: the tag's name.
    pub name: String,
    /// One text a section, in the order of [`SECTIONS`].
    pub sections: [String; 7],
    /// SHA-512 of the released tree in hex; `None` when it holds a submodule.
    pub tree_digest: Option<String>,
    /// The manifest's JSON.
    pub manifest: String,
}

/// Why a message cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A mandatory section says nothing.
    #[error("release notes have no {0:?}: {hint}", hint = hint(.0))]
    Missing(&'static str),
    /// Text that would be taken for structure.
    #[error(
        "section {section:?} has the line {line:?}: free text must not start a line with ----- or Git-EVTag, nor hold control characters"
    )]
    Forged {
        /// Which section.
        section: &'static str,
        /// The line.
        line: String,
    },
    /// Over the limit.
    #[error("tag message of {0} bytes is larger than 4 MiB")]
    TooLarge(usize),
    /// Not a release's message.
    #[error("tag message {0}")]
    Form(&'static str),
}

fn hint(section: &str) -> &'static str {
    match section {
        "Business reason" => "record a plan for the change: git qms record plan --change C --reason …",
        "Test scope" => "record the tests: git qms record test --from junit.xml",
        "Approvals" => "have it approved: git qms approve",
        _ => "say how it is taken back: git qms record plan --change C --rollback …",
    }
}

impl Notes {
    /// Writes the message, which ends with a newline.
    pub fn to_message(&self) -> Result<String, MessageError> {
        let mut message = format!("{}\n", self.name);
        for ((title, mandatory), text) in SECTIONS.into_iter().zip(&self.sections) {
            let text = text.trim();
            if text.is_empty() {
                if mandatory {
                    return Err(MessageError::Missing(title));
                }
                continue;
            }
            if let Some(line) = forged_line(text) {
                return Err(MessageError::Forged { section: title, line: line.chars().take(80).collect() });
            }
            let _ = write!(message, "\n{title}:\n{text}\n");
        }
        if let Some(digest) = &self.tree_digest {
            let _ = write!(message, "\n{EVTAG}{digest}\n");
        }
        let _ = write!(message, "\n{BEGIN}\n{}\n{END}\n", self.manifest);
        if message.len() > MAX_BYTES {
            return Err(MessageError::TooLarge(message.len()));
        }
        Ok(message)
    }

    /// Whether a message carries a manifest: then its tag is a release tag, sound or not.
    pub fn claims_manifest(message: &str) -> bool {
        message.lines().any(|line| line.starts_with(BEGIN))
    }

    /// Reads a message back. It has to be exactly what [`Self::to_message`] writes.
    pub fn parse(message: &str) -> Result<Self, MessageError> {
        if message.len() > MAX_BYTES {
            return Err(MessageError::TooLarge(message.len()));
        }
        let once = |what: &str| message.lines().filter(|line| line.starts_with(what)).count() == 1;
        if !once(BEGIN) || !once(END) {
            return Err(MessageError::Form("does not hold exactly one manifest"));
        }
        let (notes, rest) =
            message.split_once(&format!("\n{BEGIN}\n")).ok_or(MessageError::Form("has no manifest block"))?;
        let manifest =
            rest.strip_suffix(&format!("\n{END}\n")).ok_or(MessageError::Form("goes on after its manifest"))?;
        let (notes, tree_digest) = match notes.trim_end_matches('\n').rsplit_once('\n') {
            Some((notes, last)) if last.starts_with(EVTAG) => (notes, Some(last[EVTAG.len()..].to_owned())),
            _ => (notes, None),
        };
        let (name, notes) = notes.split_once('\n').ok_or(MessageError::Form("has no notes"))?;
        let mut sections: [String; 7] = Default::default();
        let mut rest = notes.trim_matches('\n');
        for at in (0..SECTIONS.len()).rev() {
            let title = format!("{}:\n", SECTIONS[at].0);
            if let Some(text) = rest.strip_prefix(&title) {
                text.trim_end_matches('\n').clone_into(&mut sections[at]);
                rest = "";
            } else if let Some((before, text)) = rest.rsplit_once(&format!("\n{title}")) {
                text.trim_end_matches('\n').clone_into(&mut sections[at]);
                rest = before.trim_end_matches('\n');
            }
        }
        let notes = Self { name: name.to_owned(), sections, tree_digest, manifest: manifest.to_owned() };
        if notes.to_message()? == message {
            Ok(notes)
        } else {
            Err(MessageError::Form("is not in the exact form of the format"))
        }
    }
}

/// The first line of free text that would be taken for structure of a release's message, or harms a terminal.
pub fn forged_line(text: &str) -> Option<&str> {
    text.split('\n').find(|line| {
        let control = line.chars().any(|c| c.is_control() && c != '\t');
        control || line.starts_with("-----") || line.starts_with("Git-EVTag") || is_title(line)
    })
}

fn is_title(line: &str) -> bool {
    line.strip_suffix(':').is_some_and(|line| SECTIONS.iter().any(|(title, _)| *title == line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes() -> Notes {
        Notes {
            name: "payments@2026.04.13+chg-1".into(),
            sections: ["Refund limits", "REQ-7", "unit: 3 passed", "", "grace", "", "restore previous"]
                .map(String::from),
            tree_digest: Some("ab".repeat(64)),
            manifest: "{\n  \"a\": 1\n}".into(),
        }
    }

    #[test]
    fn a_message_is_read_back_as_written() {
        let message = notes().to_message().expect("complete");
        assert_eq!(Notes::parse(&message), Ok(notes()));
    }

    #[test]
    fn a_missing_mandatory_section_is_refused_with_what_to_do() {
        let mut notes = notes();
        notes.sections[6] = " \n".into();
        let error = notes.to_message().expect_err("no rollback").to_string();
        assert_eq!(
            error,
            "release notes have no \"Rollback\": say how it is taken back: git qms record plan --change C --rollback …"
        );
    }

    #[test]
    fn text_that_looks_like_structure_is_refused() {
        for text in ["x\n-----BEGIN QMS MANIFEST-----", "Git-EVTag-v0-SHA512: 00", "a\u{1b}[2Jb", "x\nRollback:\ny"] {
            let mut notes = notes();
            notes.sections[0] = text.into();
            assert!(matches!(notes.to_message(), Err(MessageError::Forged { .. })), "{text:?}");
        }
    }

    #[test]
    fn a_second_manifest_or_a_tail_is_refused() {
        let message = notes().to_message().expect("complete");
        let second = message.replacen("\nTest scope", &format!("\n{BEGIN}\n{{}}\n{END}\n\nTest scope"), 1);
        for other in [second, format!("{message}more\n"), message.replace("\n\n", "\n")] {
            assert!(Notes::parse(&other).is_err(), "{other}");
        }
    }
}
