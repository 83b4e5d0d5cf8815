//! The paths that a Rust source names, from its tokens: enough to tell who uses whom, no parser.

/// A path as it is named, for instance `super::ids::CommitId`; groups of `use` are spelt out.
pub(crate) struct Named {
    /// Its segments.
    pub(crate) path: Vec<String>,
    /// The line it begins on, from 1.
    pub(crate) line: usize,
    /// The inline modules around it.
    pub(crate) inside: Vec<String>,
    /// Whether it is compiled for tests alone.
    pub(crate) for_tests: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    PathSep,
    Mark(char),
}

/// Every path of two or more segments, and every `use` of a single one.
pub(crate) fn paths(source: &str) -> Vec<Named> {
    let tokens = tokens(source);
    let mark = |at: usize, wanted: char| matches!(tokens.get(at), Some((Token::Mark(mark), _)) if *mark == wanted);
    let word = |at: usize| match tokens.get(at) {
        Some((Token::Word(word), _)) => word.as_str(),
        _ => "",
    };
    let mut found = Vec::new();
    let mut modules: Vec<(String, usize)> = Vec::new();
    let (mut depth, mut tests_until, mut at) = (0_usize, 0, 0);
    while at < tokens.len() {
        match &tokens[at].0 {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => {
                depth = depth.saturating_sub(1);
                modules.retain(|(_, opened)| *opened < depth + 1);
            }
            Token::Mark('#') if word(at + 2) == "cfg" && word(at + 4) == "test" && mark(at + 5, ')') => {
                tests_until = tests_until.max(item_end(&tokens, at + 7));
            }
            Token::Word(first) if first == "mod" && mark(at + 2, '{') => {
                modules.push((word(at + 1).to_owned(), depth + 1));
            }
            Token::Word(first) => {
                let used = first == "use" && at + 1 < tokens.len();
                let start = if used { at + 1 } else { at };
                // `a::b` within a longer path was told with its beginning.
                let begins =
                    used || !(at > 0 && tokens[at - 1].0 == Token::PathSep && at > 1 && joins(&tokens[at - 2].0));
                let start = if tokens[start].0 == Token::PathSep { start + 1 } else { start };
                if begins && (used || tokens.get(at + 1).is_some_and(|next| next.0 == Token::PathSep)) {
                    let mut spelt = Vec::new();
                    let end = spell(&tokens, start, &mut Vec::new(), &mut spelt);
                    let inside: Vec<_> = modules.iter().map(|(name, _)| name.clone()).collect();
                    found.extend(spelt.into_iter().map(|(path, line)| Named {
                        path,
                        line,
                        inside: inside.clone(),
                        for_tests: at < tests_until,
                    }));
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Whether `::` after this token goes on with a path rather than beginning an absolute one.
fn joins(before: &Token) -> bool {
    matches!(before, Token::Word(_) | Token::Mark('>'))
}

/// Where the item that begins at `at` ends: its semicolon, or the brace that closes its body.
fn item_end(tokens: &[(Token, usize)], at: usize) -> usize {
    let mut depth = 0_usize;
    for (place, (token, _)) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') if depth <= 1 => return place,
            Token::Mark('}') => depth -= 1,
            Token::Mark(';') if depth == 0 => return place,
            _ => {}
        }
    }
    tokens.len()
}

/// Spells out the path or tree of paths at `at`, and returns the place after it.
fn spell(
    tokens: &[(Token, usize)],
    at: usize,
    prefix: &mut Vec<String>,
    into: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let Some((token, line)) = tokens.get(at) else { return at };
    match token {
        // `{self, …}` names what the group hangs on.
        Token::Word(word) if word == "self" && !prefix.is_empty() => {
            into.push((prefix.clone(), *line));
            at + 1
        }
        Token::Word(word) => {
            prefix.push(word.clone());
            let end = if tokens.get(at + 1).is_some_and(|next| next.0 == Token::PathSep) {
                spell(tokens, at + 2, prefix, into)
            } else {
                into.push((prefix.clone(), *line));
                at + 1
            };
            prefix.pop();
            end
        }
        Token::Mark('{') => {
            let mut at = at + 1;
            while at < tokens.len() && tokens[at].0 != Token::Mark('}') {
                at = match &tokens[at].0 {
                    Token::Word(word) if word == "as" => at + 2,
                    Token::Word(_) | Token::Mark('{' | '*') => spell(tokens, at, prefix, into),
                    _ => at + 1,
                };
            }
            at + 1
        }
        _ => {
            if !prefix.is_empty() {
                into.push((prefix.clone(), *line));
            }
            // `*` belongs to the path; `<` and others are looked at anew.
            at + usize::from(*token == Token::Mark('*'))
        }
    }
}

/// The tokens with their lines; comments, literals and lifetimes are left out.
fn tokens(source: &str) -> Vec<(Token, usize)> {
    let text: Vec<char> = source.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let at = |place: usize| text.get(place).copied().unwrap_or('\0');
    let (mut found, mut place, mut line) = (Vec::new(), 0, 1);
    while place < text.len() {
        let start = place;
        let c = at(place);
        if c == '/' && at(place + 1) == '/' {
            while place < text.len() && at(place) != '\n' {
                place += 1;
            }
        } else if c == '/' && at(place + 1) == '*' {
            place = comment_end(&text, place);
        } else if c == '"' {
            place = string_end(&text, place, None);
        } else if c == '\'' {
            place = match (at(place + 1), at(place + 2)) {
                ('\\', _) => (place + 3..text.len()).find(|end| at(*end) == '\'').map_or(text.len(), |end| end + 1),
                (_, '\'') => place + 3,
                _ => place + 1 + text[place + 1..].iter().take_while(|c| is_word(**c)).count(),
            };
        } else if is_word(c) {
            place += text[place..].iter().take_while(|c| is_word(**c)).count();
            let word: String = text[start..place].iter().collect();
            let hashes = text[place..].iter().take_while(|c| **c == '#').count();
            if matches!(word.as_str(), "r" | "br" | "cr") && at(place + hashes) == '"' {
                place = string_end(&text, place + hashes, Some(hashes));
            } else if !(c.is_numeric() || word == "r" && hashes == 1) {
                found.push((Token::Word(word), line));
            }
        } else if c == ':' && at(place + 1) == ':' {
            found.push((Token::PathSep, line));
            place += 2;
        } else {
            if !c.is_whitespace() {
                found.push((Token::Mark(c), line));
            }
            place += 1;
        }
        line += text[start..place.min(text.len())].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn comment_end(text: &[char], start: usize) -> usize {
    let (mut depth, mut place) = (0_usize, start);
    while place + 1 < text.len() {
        match (text[place], text[place + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') if depth == 1 => return place + 2,
            ('*', '/') => depth -= 1,
            _ => {
                place += 1;
                continue;
            }
        }
        place += 2;
    }
    text.len()
}

/// `raw` is the number of hashes of a raw string, which knows no escapes.
fn string_end(text: &[char], quote: usize, raw: Option<usize>) -> usize {
    let mut place = quote + 1;
    while place < text.len() {
        match (text[place], raw) {
            ('\\', None) => place += 1,
            ('"', None) => return place + 1,
            ('"', Some(hashes)) if text[place + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes => {
                return place + 1 + hashes;
            }
            _ => {}
        }
        place += 1;
    }
    text.len()
}
