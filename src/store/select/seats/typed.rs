//! The line in which seats are typed: what the text means while it is typed.

use crate::{
    domain::{
        chart::plan::Plan,
        money::{Glyphs, Money},
        seating::{
            party::NO_PRICES,
            spec::{Need, PartyWish},
        },
        show::Show,
    },
    store::slices::{
        hold::Holding,
        seats::{
            Seats,
            typed::{self, Meaning},
        },
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
        return "such as F7 F8, F7-F10; the best three: 3 F, 3 <15".to_owned();
    }
    match typed::meaning(seats, hold, plan, text) {
        Ok(Meaning::Seats(named)) => {
            let total = Money::sum(named.iter().map(|s| show.price(&plan.chart.category_of(*s).id)));
            let total = total.map(|total| format!(", {}", total.words(glyphs))).unwrap_or_default();
            format!("{}{total}", plan.labels(&named))
        }
        Ok(Meaning::Party(wish)) if wish.ceiling.is_some() && show.price_from().is_none() => NO_PRICES.to_owned(),
        Ok(Meaning::Party(wish)) => wish_words(plan, &wish),
        Err(why) => why,
    }
}

/// `best 3 together, row F, below 15`
fn wish_words(plan: &Plan, wish: &PartyWish) -> String {
    let chart = &plan.chart;
    let mut words = vec![match (wish.size, wish.is_general) {
        (count, true) => format!("{count} places"),
        (1, false) => "the best seat".to_owned(),
        (count, false) => format!("the best {count} together"),
    }];
    let listed = |names: Vec<String>| (!names.is_empty()).then(|| names.join(" or "));
    let mut rows: Vec<String> = wish.rows.iter().map(|row| chart.rows[*row as usize].label.to_string()).collect();
    rows.dedup();
    words.extend(listed(rows).map(|rows| format!("row {rows}")));
    words.extend(listed(wish.sections.iter().map(|s| chart.sections[usize::from(*s)].name.to_string()).collect()));
    words.extend(listed(wish.categories.iter().map(|c| chart.categories[usize::from(*c)].name.to_string()).collect()));
    words.extend(wish.ceiling.map(|ceiling| ceiling.to_string()));
    words.extend(match wish.wheelchairs {
        0 => None,
        1 => Some("with a wheelchair space".to_owned()),
        count => Some(format!("with {count} wheelchair spaces")),
    });
    for need in &wish.needs {
        words.push(match need {
            Need::With(marks) => format!("with {}", marks.join(" or ")),
            Need::Without(marks) => format!("without {}", marks.join(" and ")),
        });
    }
    words.join(", ")
}
