//! All that is measured: by service and environment, over a period, its windows, and before and after a moment.

use serde::Serialize;

use super::rows::{ControlRow, ItemRow, ReleaseRow};
use crate::measure::{
    Gathered, MEASURES, Measure, Number, Scope, Step, Summary, Unit, Value, Window, control_uses, release_rows,
    summarise, summarise_all,
};
use crate::record::{Name, UtcTime};

/// All that is measured.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Board {
    /// `git-qms/measure/v1`.
    pub schema: &'static str,
    /// As of when: what was recorded later is left out.
    pub at: UtcTime,
    /// The first second of the period.
    pub since: UtcTime,
    /// The first second after it.
    pub until: UtcTime,
    /// How long each window is.
    pub window: String,
    /// What before and after are told apart by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// One a service and environment.
    pub groups: Vec<Group>,
}

/// Where the period is split.
#[derive(Debug, Clone, Serialize)]
pub struct Split {
    /// The first second after.
    pub at: UtcTime,
    /// The control that came into force then, where one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Name>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Period {
    /// All of it.
    pub whole: Window,
    /// How long each window is.
    pub step: Step,
    /// Where it is split.
    pub split: Option<Split>,
}

/// One service in one environment.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// The service.
    pub service: Name,
    /// The environment.
    pub environment: Name,
    /// Every measure asked for, in the order of the guide.
    pub measures: Vec<Line>,
    /// How each control fared in recorded decisions.
    pub controls: Vec<ControlRow>,
    /// Each release that was deployed in the period.
    pub releases: Vec<ReleaseRow>,
}

/// One measure.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// What it is.
    #[serde(skip)]
    pub measure: &'static Measure,
    /// Its name.
    pub name: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// `leading` or `lagging`.
    pub indicator: &'static str,
    /// What the number counts.
    pub unit: String,
    /// Over the whole period.
    #[serde(flatten)]
    pub whole: Part,
    /// Why it cannot be computed from what is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Which record would make it possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// What is to be known of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Window by window, the oldest first.
    pub windows: Vec<Part>,
    /// Before the split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Part>,
    /// After it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Part>,
    /// What it is made of, each with its records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ItemRow>>,
}

/// What a measure comes to in one window.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The first second.
    pub since: UtcTime,
    /// The first second after it.
    pub until: UtcTime,
    /// `number`, `not-applicable` or `unknown`.
    pub state: &'static str,
    /// The number, up to four decimals.
    #[serde(serialize_with = "decimal", skip_serializing_if = "Option::is_none")]
    pub value: Option<Number>,
    /// How many things it is made of.
    pub n: u64,
    /// The median.
    #[serde(serialize_with = "decimal", skip_serializing_if = "Option::is_none")]
    pub median: Option<Number>,
    /// The 90th percentile.
    #[serde(serialize_with = "decimal", skip_serializing_if = "Option::is_none")]
    pub p90: Option<Number>,
}

impl Board {
    /// Measures these scopes.
    pub fn of(scopes: &[Scope<'_>], at: UtcTime, period: &Period, only: Option<&Measure>, opened: bool) -> Self {
        let wanted = |measure: &&'static Measure| only.is_none_or(|only| only.name == measure.name);
        let groups = scopes.iter().map(|scope| {
            let lines = MEASURES.iter().filter(wanted).map(|measure| line(scope, measure, period, opened)).collect();
            let releases = release_rows(scope).into_iter().filter(|row| period.whole.holds(row.deployed));
            Group {
                service: scope.service.clone(),
                environment: scope.environment.clone(),
                measures: lines,
                controls: control_uses(scope, period.whole).into_iter().map(ControlRow::from).collect(),
                releases: releases.map(ReleaseRow::from).collect(),
            }
        });
        Self {
            schema: "git-qms/measure/v1",
            at,
            since: period.whole.from,
            until: period.whole.until,
            window: period.step.to_string(),
            split: period.split.clone(),
            groups: groups.collect(),
        }
    }
}

fn line(scope: &Scope<'_>, measure: &'static Measure, period: &Period, opened: bool) -> Line {
    let gathered: Gathered = (measure.gather)(scope);
    let whole = summarise_all(measure, &gathered, period.whole, period.step);
    let part = |window| Part::of(window, &summarise(measure, &gathered, window));
    let half = |window| Part::of(window, &summarise_all(measure, &gathered, window, period.step));
    let split = period.split.as_ref().map(|split| split.at.clamp(period.whole.from, period.whole.until));
    let (why, needs) = gathered.unknown.clone().unzip();
    Line {
        measure,
        name: measure.name,
        title: measure.title,
        indicator: measure.indicator.as_str(),
        unit: measure.unit.name(),
        whole: Part::of(period.whole, &whole),
        why,
        needs,
        notes: whole.notes.clone(),
        windows: period.whole.parts(period.step).into_iter().map(part).collect(),
        before: split.map(|until| half(Window { until, ..period.whole })),
        after: split.map(|from| half(Window { from, ..period.whole })),
        items: opened.then(|| whole.items.iter().map(|item| ItemRow::of(item)).collect()),
    }
}

impl Part {
    fn of(window: Window, summary: &Summary<'_>) -> Self {
        Self {
            since: window.from,
            until: window.until,
            state: match summary.value {
                Value::Number(_) => "number",
                Value::NotApplicable => "not-applicable",
                Value::Unknown { .. } => "unknown",
            },
            value: summary.value.number(),
            n: summary.n,
            median: summary.median,
            p90: summary.p90,
        }
    }

    /// The number with its unit, for people: `one in 30.4 days`, `0.9 a deployment`.
    pub fn told(&self, measure: &Measure) -> String {
        match (measure.unit, self.value) {
            (Unit::Per("day"), Some(number)) if number < Number::whole(1) => {
                let days = Number::ratio(number.denominator(), number.numerator());
                days.map_or_else(|| "none".into(), |days| format!("one in {} days", days.shown(Unit::Count("days"))))
            }
            (Unit::Per(what), Some(number)) => format!("{} a {what}", number.shown(measure.unit)),
            _ => self.shown(measure),
        }
    }

    /// The number for people, or why there is none.
    pub fn shown(&self, measure: &Measure) -> String {
        match (self.value, self.state) {
            (Some(number), _) => number.shown(measure.unit),
            (None, "unknown") => "unknown".into(),
            (None, _) => "n/a".into(),
        }
    }
}

/// As a number of JSON.
#[expect(clippy::ref_option, reason = "serde calls it with a reference")]
fn decimal<S: serde::Serializer>(number: &Option<Number>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = number.map(Number::decimal).unwrap_or_default();
    // Digits and a point, which `f64` reads; whole numbers stay whole.
    match (text.parse::<u64>(), text.parse::<f64>()) {
        (Ok(whole), _) => serializer.serialize_u64(whole),
        (_, Ok(value)) => serializer.serialize_f64(value),
        _ => serializer.serialize_none(),
    }
}
