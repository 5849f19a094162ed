//! The cinema at a glance: four numbers, and the shows that are on sale with how full they are.

use super::{AdminVm, Body, WIDE, film_words, is_tall, nothing, old, when_words};
use crate::{
    domain::{
        admin::{Dashboard, ShowSales},
        money::Glyphs,
        time,
    },
    store::{
        Now,
        select::{browse::first_shown, zone},
        slices::admin::Entry,
        state::{Size, State},
    },
};

#[derive(Clone, Debug, PartialEq)]
pub struct DashboardVm {
    pub cards: Vec<Card>,
    /// Taken seats of each show that is on sale.
    pub bars: Vec<Bar>,
    /// What the bars are.
    pub heading: String,
    pub bars_instead: Option<String>,
    /// What is shown is old, and why.
    pub alert: Option<String>,
}

/// One number of the dashboard.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub figure: String,
    pub word: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub entry: Entry,
    /// The day, on the first show of it only.
    pub day: String,
    pub clock: String,
    pub film: String,
    pub taken: String,
    /// Of the longest bar, 0 to 1.
    pub share: f32,
    pub earnings: String,
    pub selected: bool,
}

/// The lines of the dashboard's cards: one row of them, or two.
fn card_lines(size: Size) -> u16 {
    match (size.width < WIDE, is_tall(size)) {
        (true, true) => 5,
        (true, false) => 4,
        (false, _) => 2,
    }
}

/// The lines that the dashboard has for bars.
fn bar_lines(size: Size) -> usize {
    let around = if is_tall(size) { 10 } else { 6 };
    usize::from(size.height.saturating_sub(around + card_lines(size))).max(1)
}

pub(super) fn select(vm: &mut AdminVm, state: &State, now: Now, waiting: bool) {
    let admin = &state.admin;
    if let Some(body) = nothing(&admin.dashboard, waiting) {
        vm.body = body;
        return;
    }
    let Some(dashboard) = admin.dashboard.value() else { return };
    let (zone, glyphs) = (zone(state), state.prefs.glyphs);
    let position = admin.dashboard_position();
    let lines = bar_lines(state.prefs.size);
    let first = first_shown(position, dashboard.shows.len(), lines);
    let most = dashboard.shows.iter().map(|sales| sales.taken).max().unwrap_or(0).max(1);
    let mut last_day = None;
    let bars: Vec<Bar> = dashboard
        .shows
        .iter()
        .enumerate()
        .skip(first)
        .take(lines)
        .map(|(at, sales)| {
            let day = sales.starts_at.map(|at| time::business_day(at, &zone));
            let today = time::today(now.wall, &zone);
            let is_first = last_day.replace(day) != Some(day);
            let day_words = |day| match time::day_words(day, today) {
                near if near == "today" => near,
                near if near == "tomorrow" => near,
                _ => time::short_day_words(day),
            };
            Bar {
                entry: Entry::Show(sales.show.clone()),
                day: day.filter(|_| is_first).map(day_words).unwrap_or_default(),
                clock: sales.starts_at.map(|at| time::clock_words(at, &zone)).unwrap_or_default(),
                film: film_words(sales),
                taken: sales.taken.to_string(),
                share: sales.taken as f32 / most as f32,
                earnings: sales.earnings().map(|sum| sum.words(glyphs)).unwrap_or_default(),
                selected: at == position,
            }
        })
        .collect();
    vm.status = match dashboard.shows.get(position) {
        Some(sales) => show_status(sales, &zone, glyphs),
        None => String::new(),
    };
    vm.next = (!dashboard.shows.is_empty()).then(|| "Open the list of shows".to_owned());
    vm.body = Body::Dashboard(DashboardVm {
        cards: cards(dashboard, glyphs),
        heading: match (bars.len(), dashboard.shows.len()) {
            (0, _) => String::new(),
            (shown, all) if shown < all => format!("Seats taken: {shown} of {all} shows, by time"),
            _ => "Seats taken, by time".to_owned(),
        },
        bars_instead: bars.is_empty().then(|| "No shows are on sale.".to_owned()),
        bars,
        alert: old(&admin.dashboard),
    });
}

fn cards(dashboard: &Dashboard, glyphs: Glyphs) -> Vec<Card> {
    let unknown = || "unknown".to_owned();
    let count = |number: Option<u64>| number.map_or_else(unknown, |number| number.to_string());
    vec![
        Card { figure: dashboard.revenue.map_or_else(unknown, |sum| sum.words(glyphs)), word: "revenue" },
        Card { figure: count(dashboard.bookings), word: "bookings" },
        Card { figure: count(dashboard.people), word: "people" },
        Card { figure: dashboard.shows.len().to_string(), word: "shows on sale" },
    ]
}

/// `Metropolis, Mon 23 Nov 20:15: 12 seats taken.`
fn show_status(sales: &ShowSales, zone: &time::Calendar, glyphs: Glyphs) -> String {
    let seats = if sales.taken == 1 { "1 seat".to_owned() } else { format!("{} seats", sales.taken) };
    let earned = sales.earnings().map(|sum| format!(", {}", sum.words(glyphs))).unwrap_or_default();
    format!("{}, {}: {seats} taken{earned}.", film_words(sales), when_words(sales.starts_at, zone))
}
