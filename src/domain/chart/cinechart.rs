//! The `cinechart` format, version 1: TOML with text pictures of the rows.

use super::Chart;
use thiserror::Error;

/// Why a chart cannot be used: one clear sentence with the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ChartError(pub String);

/// Reads a cinechart TOML text.
pub fn parse(_toml: &str) -> Result<Chart, ChartError> {
    todo!()
}
