//! The rules of a run, and which of them a result means (3.27.5 to 3.27.7, 3.52).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::ingest::scan::Severity;
use crate::record::kind::analysis::Level;

/// The driver or an extension of a tool.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component {
    #[serde(default)]
    pub(super) name: String,
    guid: Option<String>,
    version: Option<String>,
    semantic_version: Option<String>,
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: Option<String>,
    default_configuration: Option<Configuration>,
    properties: Option<HashMap<String, Value>>,
}

#[derive(Deserialize)]
pub(super) struct Configuration {
    level: Option<String>,
}

/// A rule by index, id and component.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) id: Option<String>,
    index: Option<i64>,
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    name: Option<String>,
    index: Option<i64>,
    guid: Option<String>,
}

/// What an invocation was told about a rule.
#[derive(Deserialize)]
pub(super) struct Override {
    descriptor: Option<Reference>,
    configuration: Option<Configuration>,
}

/// All rules of a run.
pub(super) struct Rules {
    pub(super) driver: Component,
    extensions: Vec<Component>,
    /// Rules of the driver, then of the extensions, by id; the first of an id.
    by_id: HashMap<String, Place>,
    /// The same within each component.
    within: HashMap<(usize, String), usize>,
    /// Components by name, and by identifier in lower case.
    by_name: HashMap<String, usize>,
    by_guid: HashMap<String, usize>,
}

/// The longest id that is looked up, in bytes.
const MAX_ID: usize = 1_000;

/// A rule's place: the component, from 0 the driver, and the index there.
pub(super) type Place = (usize, usize);

impl Component {
    pub(super) fn version(&self) -> Option<String> {
        let versions = [&self.semantic_version, &self.version];
        versions.into_iter().flatten().find(|version| !version.trim().is_empty()).cloned()
    }
}

impl Rules {
    pub(super) fn of(driver: Component, extensions: Vec<Component>) -> Self {
        let (mut by_id, mut within) = (HashMap::new(), HashMap::new());
        let (mut by_name, mut by_guid) = (HashMap::new(), HashMap::new());
        for (at, component) in std::iter::once(&driver).chain(&extensions).enumerate() {
            by_name.entry(component.name.clone()).or_insert(at);
            if let Some(guid) = &component.guid {
                by_guid.entry(guid.to_ascii_lowercase()).or_insert(at);
            }
            for (index, rule) in component.rules.iter().flatten().enumerate() {
                if let Some(id) = &rule.id {
                    by_id.entry(id.clone()).or_insert((at, index));
                    within.entry((at, id.clone())).or_insert(index);
                }
            }
        }
        Self { driver, extensions, by_id, within, by_name, by_guid }
    }

    fn component(&self, at: usize) -> Option<&Component> {
        if at == 0 { Some(&self.driver) } else { self.extensions.get(at - 1) }
    }

    pub(super) fn rule(&self, (component, index): Place) -> Option<&Rule> {
        self.component(component)?.rules.as_ref()?.get(index)
    }

    /// Whether one of them rates vulnerabilities.
    pub(super) fn rate_severity(&self) -> bool {
        let components = std::iter::once(&self.driver).chain(&self.extensions);
        components.flat_map(|component| component.rules.iter().flatten()).any(Rule::has_severity)
    }

    /// The rule that a result means by `reference`, its own `rule_id` and `rule_index`.
    pub(super) fn find(
        &self,
        reference: Option<&Reference>,
        rule_id: Option<&str>,
        rule_index: Option<i64>,
    ) -> Option<Place> {
        let component = reference.and_then(|reference| reference.tool_component.as_ref());
        let index = reference.and_then(|reference| reference.index).filter(|index| *index >= 0).or(rule_index);
        let id = reference.and_then(|reference| reference.id.as_deref()).or(rule_id);
        let at = match component {
            None => 0,
            Some(component) => self.component_at(component)?,
        };
        if let Some(index) = index.and_then(|index| usize::try_from(index).ok())
            && self.rule((at, index)).is_some()
        {
            return Some((at, index));
        }
        self.by_id(id?, component.is_some().then_some(at))
    }

    fn component_at(&self, reference: &ComponentReference) -> Option<usize> {
        if let Some(index) = reference.index.and_then(|index| usize::try_from(index).ok()) {
            return (index < self.extensions.len()).then_some(index + 1);
        }
        match (&reference.guid, &reference.name) {
            (Some(guid), _) => self.by_guid.get(&guid.to_ascii_lowercase()).copied(),
            (None, Some(name)) => self.by_name.get(name).copied(),
            (None, None) => Some(0),
        }
    }

    /// By id, or by what it begins with: `CA1000/1` is of rule `CA1000` (3.5.4).
    fn by_id(&self, id: &str, within: Option<usize>) -> Option<Place> {
        let mut id = if id.len() <= MAX_ID { id } else { return None };
        loop {
            let found = match within {
                None => self.by_id.get(id).copied(),
                Some(at) => self.within.get(&(at, id.to_owned())).map(|index| (at, *index)),
            };
            match (found, id.rsplit_once('/')) {
                (Some(place), _) => return Some(place),
                (None, Some((before, _))) => id = before,
                (None, None) => return None,
            }
        }
    }
}

impl Rule {
    pub(super) fn level(&self) -> Option<&str> {
        self.default_configuration.as_ref()?.level.as_deref()
    }

    fn has_severity(&self) -> bool {
        self.properties.as_ref().is_some_and(|properties| properties.contains_key("security-severity"))
    }

    /// A CVSS score from 0.0 to 10.0, as a string or, against the convention, as a number.
    pub(super) fn severity(&self) -> Severity {
        severity(self.properties.as_ref())
    }
}

/// What `security-severity` of some properties says.
pub(super) fn severity(properties: Option<&HashMap<String, Value>>) -> Severity {
    let value = properties.and_then(|properties| properties.get("security-severity"));
    let score = match value {
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Number(number)) => number.as_f64(),
        _ => None,
    };
    score.map_or(Severity::Unknown, Severity::from_cvss)
}

/// The levels that an invocation was told to give to rules.
pub(super) fn overridden(rules: &Rules, overrides: Vec<Override>) -> HashMap<Place, String> {
    let mut levels = HashMap::new();
    for one in overrides {
        let place = rules.find(one.descriptor.as_ref(), None, None);
        if let (Some(place), Some(level)) = (place, one.configuration.and_then(|configuration| configuration.level)) {
            levels.entry(place).or_insert(level);
        }
    }
    levels
}

/// A level by its word.
pub(super) fn level(word: &str) -> Result<Level, String> {
    match word {
        "error" => Ok(Level::Error),
        "warning" => Ok(Level::Warning),
        "note" => Ok(Level::Note),
        "none" => Ok(Level::None),
        other => {
            let other: String = other.chars().take(40).collect();
            Err(format!("level {other:?} is none of error, warning, note and none"))
        }
    }
}
