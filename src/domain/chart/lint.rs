//! What is wrong or doubtful in a chart.

use super::Chart;

/// The linter's report. Errors make a chart unusable; warnings are worth a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub errors: Vec<String>,
    pub warnings: Vec<String>,
}

pub fn check(_chart: &Chart) -> Report {
    todo!()
}
