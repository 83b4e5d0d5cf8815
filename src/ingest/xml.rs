//! XML, element by element, as far as reports use it. What is not well-formed to the end is refused,
//! and so is everything by which a document could grow or reach out: entities of its own, a DOCTYPE
//! with an internal subset. A DOCTYPE that only names an outside DTD is passed over, never fetched.
//!
//! Source: <https://www.w3.org/TR/xml/>.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::encoding::{Decoded, Encoding};
use super::error::IngestError;
use super::pieces::Pieces;

/// How deep elements may nest; the root is depth 1.
const MAX_DEPTH: usize = 64;

/// The document, as text.
pub(super) fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, IngestError> {
    let refused = |encoding: String| IngestError::Encoding { file: file.into(), encoding };
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match Encoding::of_xml(bytes).map_err(refused)? {
        Encoding::Utf8 => std::str::from_utf8(body)
            .map(Cow::Borrowed)
            .map_err(|error| refused(format!("something else than UTF-8 (byte {})", error.valid_up_to()))),
        other => {
            let mut text = String::new();
            other.decode(body, &mut text);
            Ok(Cow::Owned(text))
        }
    }
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

    /// An element for tests.
    #[cfg(test)]
    pub(super) fn named(name: &str, attributes: &[(&str, &str)]) -> Self {
        let owned = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Self { name: name.into(), attributes: owned.collect() }
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

/// Reads a document from front to back, in memory that does not grow with it.
pub(super) struct Document<'a> {
    reader: Reader<Box<dyn BufRead + 'a>>,
    /// What the reader holds of it at the moment.
    held: Vec<u8>,
    depth: usize,
    rooted: bool,
}

impl<'a> Document<'a> {
    /// Of text that is at hand.
    pub(super) fn new(text: &'a str) -> Self {
        Self::of(Box::new(text.as_bytes()))
    }

    /// Of bytes as they come, in the encoding that `head`, their first piece, declares.
    pub(super) fn stream(file: &str, head: &[u8], bytes: impl BufRead + 'a) -> Result<Self, IngestError> {
        let encoding = Encoding::of_xml(head);
        match encoding.map_err(|encoding| IngestError::Encoding { file: file.into(), encoding })? {
            Encoding::Utf8 => Ok(Self::of(Box::new(Pieces::new(bytes)))),
            other => Ok(Self::of(Box::new(Pieces::new(Decoded::new(bytes, other))))),
        }
    }

    fn of(bytes: Box<dyn BufRead + 'a>) -> Self {
        let mut reader = Reader::from_reader(bytes);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, held: Vec::new(), depth: 0, rooted: false }
    }

    /// The next node; `None` once the root element has ended and nothing but white space follows.
    /// The error says what is wrong, and at which byte of the text.
    pub(super) fn next(&mut self) -> Result<Option<Node>, String> {
        // Taken out of here while an event borrows it.
        let mut held = std::mem::take(&mut self.held);
        let node = self.next_in(&mut held);
        self.held = held;
        node
    }

    fn next_in(&mut self, held: &mut Vec<u8>) -> Result<Option<Node>, String> {
        loop {
            held.clear();
            let event = match self.reader.read_event_into(held) {
                Ok(event) => event,
                Err(quick_xml::Error::Io(error)) => return Err(self.at(&error.to_string())),
                Err(quick_xml::Error::Encoding(error)) => {
                    return Err(self.at(&format!("text that is not UTF-8: {error}")));
                }
                Err(error) => return Err(self.at(&error.to_string())),
            };
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
