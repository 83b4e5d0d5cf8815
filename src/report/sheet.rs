//! Cells of a table for spreadsheets: RFC 4180, and nothing that a spreadsheet would run.

/// One row, ended by CRLF.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

/// A cell. What begins like a formula gets an apostrophe in front: spreadsheets take it as text.
///
/// Source: RFC 4180, section 2; OWASP, CSV Injection.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    // A semicolon and a tab part cells where a spreadsheet's own settings say so.
    if guard.is_empty() && !text.contains([',', ';', '\t', '"', '\r', '\n']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn f02_no_cell_is_a_formula_and_no_cell_ends_another() {
        assert_eq!(row(["a", "b c"]), "a,b c\r\n");
        assert_eq!(row(["=1+1", "+a", "-b", "@c", "\td"]), "\"'=1+1\",\"'+a\",\"'-b\",\"'@c\",\"'\td\"\r\n");
        assert_eq!(row(["a;=1"]), "\"a;=1\"\r\n");
        assert_eq!(row(["a,\"b\"\n", ""]), "\"a,\"\"b\"\"\n\",\r\n");
    }
}
