//! The seat map.

use super::{times_sign, zone};
use crate::{
    domain::{
        chart::plan::Plan,
        cinema::Abilities,
        ids::SeatIx,
        money::{Glyphs, Money},
        show::Show,
        time,
    },
    store::{
        slices::{
            hold::Holding,
            seats::{self, Hearing, Judged, Offer},
        },
        state::{Size, State},
    },
};

mod legend;
mod list;
mod map;
mod panel;
mod typed;

pub use crate::store::slices::seats::{LABEL_WIDTH, Lens, Scale, list_width, map_size, panel_width};
pub use legend::{LegendItem, Mark};
pub use list::{ListLine, ListVm, select as list};
pub use map::{Look, MapVm, SeatLook, SectionLine, map};
pub use panel::PanelLine;
pub use typed::TypedVm;

/// What is true of chosen seats where the box office holds none.
pub(super) const ANYBODYS: &str = "Until they are booked, the seats are anybody's.";

pub struct SeatsVm<'a> {
    pub title: String,
    pub size: Size,
    pub screen_label: String,
    /// `None` until the hall's plan is here; then `instead` says why.
    pub map: Option<MapVm<'a>>,
    pub instead: String,
    pub legend: Vec<LegendItem>,
    pub panel: Vec<PanelLine>,
    pub typed: Option<TypedVm>,
    pub status: String,
    pub next: Option<String>,
}

pub fn select<'a>(state: &'a State, waiting: bool) -> SeatsVm<'a> {
    let (seats, hold) = (&*state.seats, &*state.hold);
    let zone = zone(state);
    let title = seats.show.as_ref().map(|s| show_words(s, &zone)).unwrap_or_default();
    let size = state.prefs.size;
    let glyphs = state.prefs.glyphs;
    let shown =
        seats.show.as_ref().and_then(|show| Some((map(seats, hold, Some(show), map_size(size), glyphs)?, show)));
    let abilities = state.catalog.abilities();
    let Some((map, show)) = shown.map(|(map, show)| (map.of(abilities), show)) else {
        return SeatsVm {
            title,
            size,
            screen_label: String::new(),
            map: None,
            instead: super::instead(waiting, seats.plan.failure(), ""),
            legend: Vec::new(),
            panel: Vec::new(),
            typed: None,
            status: String::new(),
            next: None,
        };
    };
    SeatsVm {
        title,
        size,
        screen_label: map.plan.chart.screen.label.to_string(),
        legend: legend::legend(&map, show, glyphs, size),
        panel: panel::panel(&map, show, glyphs, size),
        typed: typed::select(seats, hold, map.plan, show, glyphs),
        status: status(&map, show, glyphs, size),
        next: next(&map, show, glyphs),
        instead: String::new(),
        map: Some(map),
    }
}

/// `Metropolis · Sun 22 Nov 20:15 · Hall 1`
pub fn show_words(show: &Show, zone: &time::Calendar) -> String {
    let day = time::short_day_words(time::business_day(show.starts_at, zone));
    let when = format!("{day} {}", time::clock_words(show.starts_at, zone));
    show_line([show.movie_title.as_str(), &when, show.hall_name.as_str()])
}

/// What is known of these, in one line.
pub(super) fn show_line<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What is true now, in one sentence: what is offered, what would be refused, else the seat under the cursor, unless
/// the panel tells of that already.
fn status(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, size: Size) -> String {
    let words = sentence(map, show, glyphs, size);
    match map.seats.live.hearing {
        Hearing::Lost => format!("{words} (not live)"),
        Hearing::Never if map.seats.states.failure().is_some() => format!("{words} (not live)"),
        _ => words,
    }
}

fn sentence(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, size: Size) -> String {
    if let (true, Some(why)) = (map.seats.is_untold(), map.seats.states.failure()) {
        return format!("{{reload}} asks again: which seats are free is not known. {}", why.sentence());
    }
    let wanted: Vec<SeatIx> = map.hold.wanted().iter().map(|pick| pick.ix).collect();
    if let Some(offer) = &map.seats.offer {
        return offer.words.clone();
    }
    if let Some(judged) = map.seats.judged.as_ref().filter(|judged| judged.is_refused()) {
        return refusal(map.plan, map.hold, judged).unwrap_or_default();
    }
    if let Some(anchor) = map.seats.anchor {
        return format!(
            "A range from {}: {{range}} takes it up to {}.",
            map.plan.label(anchor),
            map.plan.label(map.cursor)
        );
    }
    if wanted.is_empty() && panel_width(size) > 0 {
        let free: u32 = map.seats.counts.free.iter().sum();
        return format!("{free} seats are free. A digit takes the best ones together.");
    }
    if !map.keeps() && wanted.contains(&map.cursor) {
        let names = seats::names(map.plan, &wanted, times_sign(glyphs));
        return format!("Anybody's until booked: {names}.");
    }
    if !map.lens.scale.shows_seats() {
        return format!("{}.", map.section_here(show, glyphs).words());
    }
    let label = panel::label(map, map.cursor);
    let price = panel::price(map, show, map.cursor).map(|p| format!(", {}", p.words(glyphs))).unwrap_or_default();
    let level = map.level.as_ref().map(|l| format!("{l}: ")).unwrap_or_default();
    let category = &map.plan.chart.category_of(map.cursor).name;
    format!("{level}{label}, {category}{price}, {}.", map.words_of(map.cursor))
}

/// Why the wanted seats would be refused, and the key that mends it.
fn refusal(plan: &Plan, hold: &Holding, judged: &Judged) -> Option<String> {
    let (words, fix) = panel::verdict_words(plan, hold, judged)?;
    // The key comes first: it can be read where the rest has no room.
    Some(fix.map_or_else(|| words.clone(), |fix| format!("{{fix}}: {fix}. {words}")))
}

/// What `Enter` does with an offer.
fn offered(plan: &Plan, hold: &Holding, offer: &Offer, glyphs: Glyphs) -> String {
    let new = |seat: &&SeatIx| !hold.wanted().iter().any(|pick| pick.ix == **seat);
    let seats: Vec<SeatIx> = offer.seats.iter().filter(new).copied().collect();
    format!("Take {}", seats::names(plan, &seats, times_sign(glyphs)))
}

/// What `Enter` does with what is chosen: `Pay 25.00 €`, or `Book F7, F8` where it is paid afterwards.
fn pay_words(plan: &Plan, hold: &Holding, abilities: Abilities, total: Option<Money>, glyphs: Glyphs) -> String {
    let wanted: Vec<SeatIx> = hold.wanted().iter().map(|pick| pick.ix).collect();
    match total.filter(|_| !abilities.pays_later) {
        Some(total) => format!("Pay {}", total.words(glyphs)),
        None => format!("Book {}", seats::names(plan, &wanted, times_sign(glyphs))),
    }
}

/// What `Enter` does; nothing while the seats would be refused.
fn next(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Option<String> {
    if map.seats.typed.is_some() {
        return Some("Take these seats".to_owned());
    }
    if let Some(offer) = &map.seats.offer {
        return Some(offered(map.plan, map.hold, offer, glyphs));
    }
    if map.hold.wanted().is_empty() && !map.lens.scale.shows_seats() {
        return Some(format!("Show {}", map.plan.chart.section_of(map.cursor).name));
    }
    if map.hold.wanted().is_empty() {
        let look = map.look(map.cursor);
        let label = panel::label(map, map.cursor);
        return (look.look == Look::Free).then(|| format!("Take {label}"));
    }
    if map.seats.judged.as_ref().is_some_and(|judged| judged.is_refused()) {
        return None;
    }
    let total = panel::total(map, show);
    Some(pay_words(map.plan, map.hold, map.abilities, total, glyphs))
}
