//! The line in which seats are typed: what the text means while it is typed.

use crate::{
    domain::{
        chart::plan::Plan,
        money::{Glyphs, Money},
        show::Show,
    },
    store::slices::{
        hold::Holding,
        seats::{Seats, typed},
    },
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedVm {
    pub text: String,
    pub cursor: usize,
    /// What the text means, or an example while there is none.
    pub says: String,
    /// Why what was entered cannot be done.
    pub error: Option<String>,
}

pub(super) fn select(seats: &Seats, hold: &Holding, plan: &Plan, show: &Show, glyphs: Glyphs) -> Option<TypedVm> {
    let line = seats.typed.as_ref()?;
    let text = line.input.value();
    Some(TypedVm {
        text: text.to_owned(),
        cursor: line.input.visual_cursor(),
        says: says(seats, hold, plan, show, text.trim(), glyphs),
        error: line.error.clone(),
    })
}

fn says(seats: &Seats, hold: &Holding, plan: &Plan, show: &Show, text: &str, glyphs: Glyphs) -> String {
    if text.is_empty() {
        return "such as F7 F8, F7-F10".to_owned();
    }
    match typed::meaning(seats, hold, plan, text) {
        Ok(named) => {
            let total = Money::sum(named.iter().filter_map(|s| show.price(&plan.chart.category_of(*s).id)));
            let total = total.map(|total| format!(", {}", total.words(glyphs))).unwrap_or_default();
            format!("{}{total}", plan.labels(&named))
        }
        Err(why) => why,
    }
}
