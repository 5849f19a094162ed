//! The line in which seats are named by typing.

use super::{
    Seats,
    choose::{refusal, unit, want, wanted},
};
use crate::{
    domain::seating::spec,
    store::{Out, slices::hold::Holding, tracked::Tracked},
};

pub(super) fn submit_typed(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let (Some(plan), Some(typed)) = (seats.plan().cloned(), seats.typed.clone()) else { return };
    let text = typed.input.value().trim();
    if text.is_empty() {
        seats.typed = None;
        return;
    }
    let outcome = spec::parse_on(&plan.chart, &plan.geometry, seats.level as u16, text)
        .map_err(|e| e.to_string())
        .and_then(|named| {
            let refused: Vec<String> = named.iter().filter_map(|s| refusal(seats, hold, *s)).collect();
            if refused.is_empty() { Ok(named) } else { Err(refused.join(" ")) }
        });
    match outcome {
        Ok(named) => {
            let mut all = wanted(hold);
            for seat in named.iter().flat_map(|s| unit(seats, *s)) {
                if !all.contains(&seat) {
                    all.push(seat);
                }
            }
            seats.typed = None;
            seats.cursor = named[0];
            seats.level = plan.level_of(named[0]);
            want(seats, hold, all, out);
        }
        Err(why) => {
            if let Some(typed) = &mut seats.typed {
                typed.error = Some(why);
            }
        }
    }
}
