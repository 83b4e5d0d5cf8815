use super::*;

#[test]
fn f06_names_become_tokens_and_text_stays_on_its_line() {
    assert_eq!((token("TEST-01"), token("7up/a b")), ("TEST-01".to_owned(), "_7up_a_b".to_owned()));
    assert_eq!((line(" a\n\tb "), line(" \n")), ("a b".to_owned(), "–".to_owned()));
}

#[test]
fn f06_ids_are_of_version_5_and_the_same_again() {
    // RFC 9562, appendix A.4.
    let known = Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"www.example.com");
    assert_eq!(known.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}
