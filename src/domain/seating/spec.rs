//! Typed seats: `F7`, `F7 F8`, `F7-F10`, `F7-10`, `balcony:B3`, `12.5-8` for rows that are numbers.
//!
//! ```text
//! spec = item {("," | " ") item}
//! item = [section ":"] row num ["-" [row] num] | [section ":"] row "." num ["-" num]
//! ```

use crate::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
};
use thiserror::Error;

/// Why a typed label means no seat: names the part that is wrong and what exists.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SpecError(pub String);

/// The seats that `text` names, in the order named, each once. Ranges walk the physical order of the row.
/// A seat id (`main/F/7`) is accepted too.
pub fn parse(_chart: &Chart, _geometry: &Geometry, _text: &str) -> Result<Vec<SeatIx>, SpecError> {
    todo!()
}

/// The shortest label that means just this seat: `F7`, `12.5`, or `balcony:B3` where `B3` alone is ambiguous.
/// `parse` reads it back.
pub fn label(_chart: &Chart, _seat: SeatIx) -> String {
    todo!()
}

/// Many labels, shortened where seats follow each other: `F7-F10, G3`.
pub fn labels(_chart: &Chart, _geometry: &Geometry, _seats: &[SeatIx]) -> String {
    todo!()
}
