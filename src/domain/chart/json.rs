//! Canonical JSON of a chart: what is stored, sent and hashed.

use super::{Chart, cinechart::ChartError};
use crate::domain::ids::ChartHash;

/// The chart as canonical JSON: equal charts give equal bytes.
pub fn print(_chart: &Chart) -> String {
    todo!()
}

/// Reads canonical JSON, from anyone: every limit and reference is checked.
pub fn parse(_json: &str) -> Result<Chart, ChartError> {
    todo!()
}

/// SHA-256 of the canonical JSON, in lower-case hexadecimal digits.
pub fn hash(_chart: &Chart) -> ChartHash {
    todo!()
}
