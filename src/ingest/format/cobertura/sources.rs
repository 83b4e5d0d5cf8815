//! The folders that the file names of a Cobertura report are relative to: the text of its `source` elements.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// How many folders are looked at.
const MAX_SOURCES: usize = 100;

/// Those that stand before the first package. What is not well-formed is said by whoever reads the whole.
pub(super) fn read(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text);
    let mut sources: Vec<String> = Vec::new();
    let mut open: Option<String> = None;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "source" => open = Some(String::new()),
            Event::Text(text) => open.iter_mut().for_each(|source| source.push_str(&text)),
            Event::GeneralRef(reference) => {
                let by_number = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named = || resolve_predefined_entity(&reference).map(str::to_owned);
                if let (Some(source), Some(text)) = (&mut open, by_number.or_else(named)) {
                    source.push_str(&text);
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "source" => {
                let source = open.take().map(|source| source.trim().to_owned());
                sources.extend(source.filter(|source| !source.is_empty()));
            }
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "package" => break,
            Event::Eof => break,
            _ => {}
        }
        if sources.len() == MAX_SOURCES {
            break;
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_source_before_the_packages_is_read() {
        let text = "<coverage><sources><source>/a &amp; b/&#99;</source><source/><source> src </source></sources>\
                    <packages><package><source>no</source></package></packages></coverage>";
        assert_eq!(read(text), ["/a & b/c", "src"]);
        assert!(read("<coverage><sources><source>/a").is_empty());
    }
}
