//! Plans of other systems become charts here: which format a text has, what was found in it, and the chart.

use super::{
    Chart, Side, cinechart,
    cinechart::ChartError,
    json,
    lint::Report,
    names::Ids,
    pretix,
    validate::{quoted, refuse},
    vista,
};
use serde::{Deserialize, de::IgnoredAny};

/// The formats of plans that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own: TOML with pictures, or canonical JSON.
    Cinechart,
    /// pretix seating plan, schema 0.0.1.
    Pretix,
    /// Vista `SeatLayoutData`.
    Vista,
}

/// How a plan is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `None` looks at the content.
    pub format: Option<Format>,
    /// Where the screen is in the plan's own coordinates; `None` takes what the plan says, or guesses.
    pub screen: Option<Side>,
    /// Refuse what the format's own system would refuse.
    pub strict: bool,
}

/// A chart, and what was wrong or doubtful in the plan it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub chart: Chart,
    /// Errors are things that the plan's own system refuses and that were mended here; warnings are guesses and
    /// what could not be kept.
    pub report: Report,
}

impl Imported {
    /// A plan about which there is nothing to say.
    fn clean(chart: Chart) -> Self {
        Self { chart, report: Report::default() }
    }
}

/// Reads a plan of any format.
pub fn read(text: &str, options: &Options) -> Result<Imported, ChartError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let format = options.format.map_or_else(|| detect(text), Ok)?;
    match format {
        Format::Cinechart => cinechart(text)
            .map(|chart| match options.screen {
                Some(side) => chart.facing(side),
                None => chart,
            })
            .map(Imported::clean),
        Format::Pretix => pretix::read(text, options),
        Format::Vista => vista::read(text, options),
    }
}

/// The id that a seat of another system's plan gets here: its own name, or what is left of it where that cannot be an
/// id. Names that occur twice are numbered in addition.
pub fn seat_id(name: &str) -> String {
    Ids::default().make(name, "seat").0
}

/// Our own format: an object is canonical JSON, anything else is TOML.
fn cinechart(text: &str) -> Result<Chart, ChartError> {
    if is_json(text) { json::parse(text) } else { cinechart::parse(text) }
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// The keys by which formats in JSON are told apart.
#[derive(Deserialize)]
struct Keys {
    format: Option<IgnoredAny>,
    zones: Option<IgnoredAny>,
    #[serde(alias = "areas")]
    #[serde(rename = "Areas")]
    areas: Option<IgnoredAny>,
    #[serde(rename = "SeatLayoutData", alias = "seatLayoutData")]
    layout: Option<IgnoredAny>,
    #[serde(rename = "ResponseData", alias = "responseData")]
    response: Option<IgnoredAny>,
}

fn detect(text: &str) -> Result<Format, ChartError> {
    if !is_json(text) {
        return Ok(Format::Cinechart);
    }
    if text.trim_start().starts_with('[') {
        return refuse("it is a list; a plan in JSON is one object");
    }
    let keys: Keys = match serde_json::from_str(text) {
        Ok(keys) => keys,
        Err(error) => return refuse(format!("it is not JSON that can be read: {}", quoted(&error.to_string()))),
    };
    match keys {
        Keys { format: Some(_), .. } => Ok(Format::Cinechart),
        Keys { zones: Some(_), .. } => Ok(Format::Pretix),
        Keys { areas: Some(_), .. } | Keys { layout: Some(_), .. } | Keys { response: Some(_), .. } => {
            Ok(Format::Vista)
        }
        _ => refuse(
            "it is no plan: a cinechart has \"format\", a pretix seating plan \"zones\", a Vista layout \"Areas\"",
        ),
    }
}

/// `1 row`, `2 rows`.
pub(super) fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
