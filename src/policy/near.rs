//! The known word that somebody who wrote another one probably meant.

/// How alike two words have to be, from 0 to 1: one slip in a short word, two in a longer one.
const ALIKE: f64 = 0.7;

/// The most alike of the known words, where one is alike enough to be meant.
pub fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_ascii_lowercase();
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&folded, &known.to_ascii_lowercase());
    let scored = known.into_iter().map(|known| (likeness(known), known)).filter(|(score, _)| *score >= ALIKE);
    scored.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, known)| known)
}

/// The same as a question, to begin a hint with; nothing where no word is near.
pub fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    near(word, known).map_or(String::new(), |near| format!("did you mean {near}? "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_answered_with_what_was_meant_and_another_word_with_nothing() {
        let ids = ["TEST-01", "APPROVE-01", "SCAN-01"];
        for (word, meant) in [
            ("SCAN-1", Some("SCAN-01")),
            ("scan-01", Some("SCAN-01")),
            ("TSET-01", Some("TEST-01")),
            ("APROVE-01", Some("APPROVE-01")),
            ("COV-01", None),
            ("", None),
        ] {
            assert_eq!(near(word, ids), meant, "{word}");
        }
        assert_eq!(meant("ower", ["owner", "title"]), "did you mean owner? ");
        assert_eq!(meant("nothing", ["owner", "title"]), "");
    }
}
