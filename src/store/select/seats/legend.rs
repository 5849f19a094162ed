//! The legend: what the signs on the screen mean, with counts and prices. What cannot be seen is not explained.

use super::map::{Look, MapVm, SeatLook};
use crate::{
    domain::{chart::SeatKind, money::Glyphs, show::Show},
    store::{
        slices::seats::{Counts, map_size},
        state::Size,
    },
};
use std::collections::HashSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendItem {
    pub mark: Mark,
    pub text: String,
}

/// What a legend item explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A seat of this look, kind and category.
    Seat(SeatLook),
    /// So many eighths of the seats are free.
    Share(u8),
}

/// Only what is on the screen, with the counts of the whole hall and prices.
pub(super) fn legend(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, size: Size) -> Vec<LegendItem> {
    if !map.lens.scale.shows_seats() {
        return overview(map);
    }
    let chart = &map.plan.chart;
    let mut counts = Counts { picture: None, ..map.seats.counts.clone() };
    if counts.free.is_empty() {
        return Vec::new();
    }
    // What is mine is neither free nor held by others.
    for seat in map.hold.mine() {
        counts.add(map.plan, seat, map.seats.state(seat), -1);
        if !map.hold.wanted().iter().any(|pick| pick.ix == seat) {
            counts.add(map.plan, seat, map.seats.state_for(map.hold, seat), 1);
        }
    }
    let seen = seen(map, size);
    let item = |look, kind, category: usize, text: String| LegendItem {
        mark: Mark::Seat(SeatLook { look, kind, category: category as u16, couch_left: true }),
        text,
    };
    let mut items = Vec::new();
    for (i, category) in chart.categories.iter().enumerate() {
        let ordinary = [SeatKind::Seat, SeatKind::Couch].into_iter().find(|kind| seen.has_free(*kind, i));
        let Some(kind) = ordinary.filter(|_| show.sells(&category.id)) else { continue };
        let price = show.price(&category.id).map(|price| format!(" {}", price.words(glyphs))).unwrap_or_default();
        let text = format!("{} {} free{price}", category.name, counts.free[i]);
        items.push(item(Look::Free, kind, i, text));
    }
    let mine = map.hold.wanted().len();
    if mine > 0 {
        items.push(item(Look::Mine, SeatKind::Seat, 0, format!("{} {mine}", map.mine_word())));
    }
    if seen.looks.contains(&Look::Sold) {
        items.push(item(Look::Sold, SeatKind::Seat, 0, format!("sold {}", counts.sold)));
    }
    if seen.looks.contains(&Look::Held) {
        items.push(item(Look::Held, SeatKind::Seat, 0, format!("held by others {}", counts.held)));
    }
    if seen.has_any_free(SeatKind::Wheelchair) {
        items.push(item(Look::Free, SeatKind::Wheelchair, 0, format!("wheelchair {}", counts.wheelchair)));
    }
    if seen.has_any_free(SeatKind::Companion) {
        items.push(item(Look::Free, SeatKind::Companion, 0, format!("companion {}", counts.companion)));
    }
    if seen.not_for_sale {
        items.push(item(
            Look::Blocked,
            SeatKind::Seat,
            0,
            if map.seats.is_untold() { "not known" } else { "not for sale at this show" }.to_owned(),
        ));
    }
    items
}

/// What the signs of an overview mean.
fn overview(map: &MapVm<'_>) -> Vec<LegendItem> {
    let share = |eighths, text: &str| LegendItem { mark: Mark::Share(eighths), text: text.to_owned() };
    let mut items = vec![share(8, "free"), share(4, "half free"), share(1, "few free"), share(0, "sold out")];
    let mine = map.hold.wanted().len();
    if mine > 0 {
        let look = SeatLook { look: Look::Mine, kind: SeatKind::Seat, category: 0, couch_left: false };
        items.push(LegendItem { mark: Mark::Seat(look), text: format!("{} {mine}", map.mine_word()) });
    }
    items
}

/// What can be seen of the map.
#[derive(Default)]
struct Seen {
    looks: HashSet<Look>,
    free: HashSet<(SeatKind, u16)>,
    /// Seats that are sold at other shows, and not at this one.
    not_for_sale: bool,
}

impl Seen {
    fn has_free(&self, kind: SeatKind, category: usize) -> bool {
        self.free.contains(&(kind, category as u16))
    }

    fn has_any_free(&self, kind: SeatKind) -> bool {
        self.free.iter().any(|(seen, _)| *seen == kind)
    }
}

/// Looks at the seats in the part of the grid that the screen shows.
fn seen(map: &MapVm<'_>, size: Size) -> Seen {
    let (lines, cols) = map.shown(map_size(size));
    let mut seen = Seen::default();
    for line in &map.grid.lines[lines] {
        for (_, seat) in map.seats_between(line, cols.start, cols.end) {
            let look = map.look(seat);
            seen.looks.insert(look.look);
            if look.look == Look::Free {
                seen.free.insert((look.kind, look.category));
            }
            seen.not_for_sale |= look.look == Look::Blocked && look.kind != SeatKind::Blocked;
        }
    }
    seen
}
