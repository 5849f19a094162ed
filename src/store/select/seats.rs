//! The seat map.

use super::zone;
use crate::{
    domain::{money::Glyphs, show::Show, time},
    store::state::{Size, State},
};

mod map;
mod panel;

pub use crate::store::slices::seats::{LABEL_WIDTH, Lens, Scale, list_width, map_size, panel_width};
pub use map::{Look, MapVm, SeatLook, SectionLine, map};
pub use panel::{LegendItem, Mark, PanelLine};

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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedVm {
    pub text: String,
    pub cursor: usize,
    pub error: Option<String>,
}

pub fn select<'a>(state: &'a State, waiting: bool) -> SeatsVm<'a> {
    let (seats, hold) = (&*state.seats, &*state.hold);
    let zone = zone(state);
    let title = seats.show.as_ref().map(|s| show_words(s, &zone)).unwrap_or_default();
    let size = state.prefs.size;
    let glyphs = state.prefs.glyphs;
    let shown =
        seats.show.as_ref().and_then(|show| Some((map(seats, hold, Some(show), map_size(size), glyphs)?, show)));
    let Some((map, show)) = shown else {
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
        legend: if map.lens.scale.shows_seats() { panel::legend(&map, show, glyphs) } else { map::legend(&map) },
        panel: panel::panel(&map, show, glyphs),
        typed: seats.typed.as_ref().map(|t| TypedVm {
            text: t.input.value().to_owned(),
            cursor: t.input.visual_cursor(),
            error: t.error.clone(),
        }),
        status: status(&map, show, glyphs, size),
        next: next(&map, show, glyphs),
        instead: String::new(),
        map: Some(map),
    }
}

/// `Metropolis · Sun 22 Nov 20:15 · Hall 1`
pub fn show_words(show: &Show, zone: &jiff::tz::TimeZone) -> String {
    let day = time::short_day_words(time::business_day(show.starts_at, zone));
    format!("{} · {day} {} · {}", show.movie_title, time::clock_words(show.starts_at, zone), show.hall_name)
}

/// The seat under the cursor, unless the panel tells of it already.
fn status(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, size: Size) -> String {
    if map.hold.wanted().is_empty() && panel_width(size) > 0 {
        let free: u32 = map.seats.counts.free.iter().sum();
        return format!("{free} seats are free. A digit takes the best ones together.");
    }
    let label = map.plan.label(map.cursor);
    let price = panel::price(map, show, map.cursor).map(|p| format!(", {}", p.words(glyphs))).unwrap_or_default();
    let level = map.level.as_ref().map(|l| format!("{l}: ")).unwrap_or_default();
    let category = &map.plan.chart.category_of(map.cursor).name;
    format!("{level}{label}, {category}{price}, {}.", panel::words_of(map.look(map.cursor)))
}

fn next(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Option<String> {
    if map.seats.typed.is_some() {
        return Some("Take these seats".to_owned());
    }
    if map.hold.wanted().is_empty() {
        let look = map.look(map.cursor);
        let label = map.plan.label(map.cursor);
        return (look.look == Look::Free).then(|| format!("Take {label}"));
    }
    let total = panel::total(map, show).map(|t| t.words(glyphs)).unwrap_or_default();
    Some(format!("Pay {total}"))
}
