//! Lists that people keep themselves: CSV with a header, or a YAML list of mappings, with the columns `id`, `title`,
//! `text`, `type`, `revision`, `critical`, `status` and `parents`. Only `id` has to be there; other columns are theirs.

use super::super::yaml::{self, Yaml};
use super::super::{Parent, Requirement, RequirementError, Stamp};
use super::{Source, has_extension};

pub(super) fn sniff_csv(path: &str, text: &str) -> bool {
    has_extension(path, &["csv", "tsv"]) || {
        let header = text.lines().next().unwrap_or_default();
        let columns: Vec<String> = header.split(separator(header)).map(column).collect();
        columns.iter().any(|name| name == "id") && columns.iter().any(|name| name == "title" || name == "text")
    }
}

pub(super) fn sniff_yaml(path: &str, text: &str) -> bool {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'));
    let first = lines.into_iter().find(|line| *line != "---").unwrap_or_default();
    has_extension(path, &["yml", "yaml"])
        && (first.starts_with('-') || first.starts_with('[') || first == "requirements:")
}

fn column(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_ascii_lowercase()
}

/// Spreadsheets write what their country separates columns by.
fn separator(header: &str) -> char {
    [',', ';', '\t'].into_iter().max_by_key(|separator| header.matches(*separator).count()).unwrap_or(',')
}

pub(super) fn read_csv(source: &Source<'_>) -> Result<Vec<Requirement>, RequirementError> {
    let header = source.text.lines().next().unwrap_or_default();
    let delimiter = u8::try_from(separator(header)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(false).from_reader(source.text.as_bytes());
    let wrong = |error: csv::Error| {
        let line = error.position().and_then(|position| usize::try_from(position.line()).ok());
        source.malformed(line, error.to_string())
    };
    let columns: Vec<String> = reader.headers().map_err(wrong)?.iter().map(column).collect();
    let id = columns.iter().position(|name| name == "id");
    let id = id.ok_or_else(|| source.malformed(Some(1), "the header has no column id"))?;
    if let Some(twice) =
        columns.iter().enumerate().find(|(at, name)| COLUMNS.contains(&name.as_str()) && columns[..*at].contains(name))
    {
        return Err(source.malformed(Some(1), format!("the header has the column {} twice", twice.1)));
    }
    let mut found = Vec::new();
    for row in reader.records() {
        let row = row.map_err(wrong)?;
        let line = row.position().and_then(|position| usize::try_from(position.line()).ok());
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|known| known == name);
            at.and_then(|at| row.get(at)).unwrap_or_default().to_owned()
        };
        let parents: Vec<String> = cell("parents").split([',', ';', ' ']).map(str::to_owned).collect();
        let text = row.get(id).unwrap_or_default().to_owned();
        found.push(requirement(source, line, &text, &parents, cell)?);
    }
    Ok(found)
}

const COLUMNS: [&str; 8] = ["id", "title", "text", "type", "revision", "critical", "status", "parents"];

pub(super) fn read_yaml(source: &Source<'_>) -> Result<Vec<Requirement>, RequirementError> {
    let root = yaml::read(source.text).map_err(|(line, reason)| source.malformed(line, reason))?;
    let list = root.get("requirements").unwrap_or(&root).list();
    let list = list.ok_or_else(|| source.malformed(None, "is no list of requirements"))?;
    let mut found = Vec::new();
    for (at, entry) in list.iter().enumerate() {
        let nth = at + 1;
        let id = entry.get("id").and_then(Yaml::text).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| source.malformed(None, format!("requirement {nth} of the list has no id")))?;
        let mut parents = Vec::new();
        if let Some(listed) = entry.get("parents") {
            let words = listed.list().map(|all| all.iter().map(Yaml::text).collect::<Vec<_>>());
            let words = words.unwrap_or_else(|| vec![listed.text()]);
            for word in words {
                let word = word.ok_or_else(|| source.malformed(None, format!("parents of {id} is no list of ids")))?;
                parents.push(word.to_owned());
            }
        }
        let cell = |name: &str| entry.get(name).and_then(Yaml::text).unwrap_or_default().to_owned();
        found.push(requirement(source, None, id, &parents, cell)?);
    }
    Ok(found)
}

fn requirement(
    source: &Source<'_>,
    line: Option<usize>,
    id: &str,
    parents: &[String],
    cell: impl Fn(&str) -> String,
) -> Result<Requirement, RequirementError> {
    let word = |name: &str| Some(cell(name).trim().to_owned()).filter(|word| !word.is_empty());
    let id = source.id(line, id)?;
    let critical = source.truth(line, &format!("critical of {id}"), &cell("critical"))?;
    let mut requirement = source.requirement(id, &cell("title"), &cell("text"));
    requirement.kind = word("type");
    requirement.revision = word("revision");
    requirement.critical = critical;
    requirement.status = word("status");
    requirement.active = source.is_active(&cell("status"));
    for parent in parents.iter().filter(|parent| !parent.trim().is_empty()) {
        requirement.parents.push(Parent { id: source.id(line, parent)?, stamp: Stamp::NotKept });
    }
    Ok(requirement)
}
