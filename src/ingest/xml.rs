//! XML, element by element, as far as reports use it. What is not well-formed to the end is refused,
//! and so is everything by which a document could grow or reach out: entities of its own, a DOCTYPE
//! with an internal subset. A DOCTYPE that only names an outside DTD is passed over, never fetched.
//!
//! Source: <https://www.w3.org/TR/xml/>.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::error::IngestError;

/// How deep elements may nest; the root is depth 1.
const MAX_DEPTH: usize = 64;

/// The document, as text.
pub(super) fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, IngestError> {
    let refused = |encoding: String| IngestError::Encoding { file: file.into(), encoding };
    let (marked, body) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(body) => (true, body),
        None => (false, bytes),
    };
    let declared = declared_encoding(body);
    match declared.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => std::str::from_utf8(body)
            .map(Cow::Borrowed)
            .map_err(|error| refused(format!("something else than UTF-8 (byte {})", error.valid_up_to()))),
        // Its bytes are the first 256 characters of Unicode.
        Some("iso-8859-1" | "iso8859-1" | "latin1" | "latin-1") if !marked => {
            Ok(Cow::Owned(body.iter().map(|byte| char::from(*byte)).collect()))
        }
        Some(_) => Err(refused(declared.unwrap_or_default().chars().take(40).collect())),
    }
}

/// What the XML declaration says, if there is one.
fn declared_encoding(body: &[u8]) -> Option<String> {
    let declaration = body.strip_prefix(b"<?xml")?;
    let end = declaration.iter().take(1_000).position(|byte| *byte == b'>')?;
    let declaration = String::from_utf8_lossy(&declaration[..end]);
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|char| matches!(char, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

/// The name of the root element, looked for in the first 64 KiB only; `None` where that is not XML.
pub(super) fn root_name(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 16)]);
    let mut reader = Reader::from_str(start.trim_start());
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => return Some(tag.local_name().as_ref().to_owned()),
            Event::Text(text) if !text.trim().is_empty() => return None,
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// An element as it opens.
pub(super) struct Element {
    /// Its name, without a namespace prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute, references replaced, line ends turned into spaces.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same, where an empty value says as little as none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(str::trim).filter(|value| !value.is_empty())
    }
}

/// What comes next in a document.
pub(super) enum Node {
    /// An element begins.
    Open(Element),
    /// The element that was opened last, and not yet closed, ends.
    Close,
}

/// Reads a document from front to back.
pub(super) struct Document<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    rooted: bool,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0, rooted: false }
    }

    /// The next node; `None` once the root element has ended and nothing but white space follows.
    /// The error says what is wrong, and at which byte of the text.
    pub(super) fn next(&mut self) -> Result<Option<Node>, String> {
        loop {
            let event = self.reader.read_event().map_err(|error| self.at(&error.to_string()))?;
            match event {
                Event::Start(tag) => return self.open(&tag).map(Node::Open).map(Some),
                Event::End(_) => {
                    // The reader has refused ends without a beginning.
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Node::Close));
                }
                Event::Empty(_) => return Err(self.at("an empty element was not expanded")),
                Event::Text(text) if self.depth == 0 && !text.trim().is_empty() => {
                    return Err(self.at("text outside the root element"));
                }
                Event::CData(_) if self.depth == 0 => return Err(self.at("text outside the root element")),
                Event::GeneralRef(reference) => self.refuse_custom(&reference)?,
                Event::DocType(_) | Event::Decl(_) if self.rooted => {
                    return Err(self.at("a DOCTYPE or XML declaration inside the document"));
                }
                Event::DocType(doctype) if doctype.contains('[') => {
                    return Err(self.at("the DOCTYPE has an internal subset, which could define entities"));
                }
                Event::Eof if self.depth > 0 => {
                    return Err(self.at(&format!("the file ends inside {} unclosed elements", self.depth)));
                }
                Event::Eof if !self.rooted => return Err(self.at("there is no root element")),
                Event::Eof => return Ok(None),
                Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => {}
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<Element, String> {
        if self.depth == 0 && self.rooted {
            return Err(self.at("a second root element"));
        }
        if self.depth == MAX_DEPTH {
            return Err(self.at(&format!("elements are nested deeper than {MAX_DEPTH}")));
        }
        self.rooted = true;
        self.depth += 1;
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.at(&error.to_string()))?;
            let value = attribute
                .normalized_value_with(XmlVersion::Implicit1_0, 1, resolve_predefined_entity)
                .map_err(|error| self.at(&error.to_string()))?;
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Element { name: tag.local_name().as_ref().to_owned(), attributes })
    }

    /// Text may refer to a character by number, or to the five predefined entities.
    fn refuse_custom(&self, reference: &quick_xml::events::BytesRef<'_>) -> Result<(), String> {
        let by_number = reference.resolve_char_ref().map_err(|error| self.at(&error.to_string()))?;
        if self.depth == 0 {
            return Err(self.at("text outside the root element"));
        }
        if by_number.is_none() && resolve_predefined_entity(reference).is_none() {
            let name: String = reference.chars().take(40).collect();
            return Err(self.at(&format!("entity {name:?} is none of the five that XML defines")));
        }
        Ok(())
    }

    fn at(&self, problem: &str) -> String {
        let problem: String = problem.chars().take(200).collect();
        format!("{problem} (at byte {})", self.reader.buffer_position())
    }
}
