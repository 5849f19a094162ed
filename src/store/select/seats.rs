//! The seat map.

use super::{times_sign, zone};
use crate::{
    domain::{
        chart::{SeatKind, grid::Grid, plan::Plan},
        ids::SeatIx,
        money::{Glyphs, Money},
        show::{SeatState, Show},
        time,
    },
    store::{
        slices::{
            hold::Holding,
            seats::{self, Counts, Seats},
        },
        state::{Size, State},
    },
};

pub use crate::store::slices::seats::{LABEL_WIDTH, Scale, map_size, panel_width};

/// How a seat looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    Free,
    Mine,
    /// Wanted, and not yet confirmed.
    Pending,
    Held,
    Sold,
    Blocked,
}

/// A seat as it is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatLook {
    pub look: Look,
    pub kind: SeatKind,
    /// Index of its category.
    pub category: u16,
    /// Whether it is the left half of a couch.
    pub couch_left: bool,
}

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

/// What the map draws, seat by seat and only what is seen.
pub struct MapVm<'a> {
    plan: &'a Plan,
    seats: &'a Seats,
    hold: &'a Holding,
    pub grid: &'a Grid,
    pub scale: Scale,
    /// Screen lines a grid line.
    pub pitch: u32,
    /// First line and column shown.
    pub origin: (u32, u32),
    pub cursor: SeatIx,
    /// The level's name, where there are several.
    pub level: Option<String>,
}

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
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanelLine {
    Blank,
    /// The largest thing of the panel.
    Title(String),
    Text(String),
    Dim(String),
    /// A text and an amount, the amount at the right.
    Amount(String, String),
    Total(String, String),
    Rule,
    Key(String, String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedVm {
    pub text: String,
    pub cursor: usize,
    pub error: Option<String>,
}

impl MapVm<'_> {
    pub fn look(&self, seat: SeatIx) -> SeatLook {
        let facts = self.plan.chart.seat(seat);
        let look = match self.hold.wanted().iter().find(|p| p.ix == seat) {
            Some(pick) if self.hold.is_held(&pick.id) => Look::Mine,
            Some(_) => Look::Pending,
            None => match self.seats.state(seat) {
                SeatState::Free => Look::Free,
                SeatState::Held => Look::Held,
                SeatState::Sold => Look::Sold,
                SeatState::Blocked => Look::Blocked,
            },
        };
        let couch_left = facts.couch.is_some()
            && self.plan.geometry.right(seat).is_some_and(|r| self.plan.chart.seat(r).couch == facts.couch);
        SeatLook { look, kind: facts.kind, category: facts.category, couch_left }
    }

    /// The number printed on a seat.
    pub fn number(&self, seat: SeatIx) -> &str {
        self.plan.chart.seat(seat).label.as_str()
    }

    /// The colour that the chart gives a category.
    pub fn category_color(&self, category: u16) -> &str {
        self.plan.chart.categories.get(usize::from(category)).map_or("white", |c| c.color.as_str())
    }

    /// Line and column of the cursor in the grid.
    pub fn cursor_position(&self) -> Option<(u32, u32)> {
        self.grid.position(self.cursor)
    }
}

pub fn select<'a>(state: &'a State, waiting: bool) -> SeatsVm<'a> {
    let (seats, hold) = (&*state.seats, &*state.hold);
    let zone = zone(state);
    let title = seats.show.as_ref().map(|s| show_words(s, &zone)).unwrap_or_default();
    let size = state.prefs.size;
    let Some((plan, grid, show)) =
        seats.plan().zip(seats.grid()).zip(seats.show.as_ref()).map(|((p, g), s)| (&**p, g, s))
    else {
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
    let scale = seats::scale(seats, grid, size);
    let level = (plan.grids.len() > 1).then(|| plan.chart.levels[seats.level].name.to_string());
    let glyphs = state.prefs.glyphs;
    let map = MapVm {
        plan,
        seats,
        hold,
        grid,
        scale,
        pitch: seats::line_pitch(grid, scale, size),
        origin: seats.origin,
        cursor: seats.cursor,
        level,
    };
    SeatsVm {
        title,
        size,
        screen_label: plan.chart.screen.label.to_string(),
        legend: legend(&map, show, glyphs),
        panel: panel(&map, show, glyphs),
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

fn price(map: &MapVm<'_>, show: &Show, seat: SeatIx) -> Option<Money> {
    show.price(&map.plan.chart.category_of(seat).id)
}

fn total(map: &MapVm<'_>, show: &Show) -> Option<Money> {
    match map.hold.hold() {
        Some(hold) if map.hold.is_settled() => Some(hold.total),
        _ => Money::sum(map.hold.wanted().iter().filter_map(|p| price(map, show, p.ix))),
    }
}

/// Only what is on the screen, with counts and prices.
fn legend(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Vec<LegendItem> {
    let chart = &map.plan.chart;
    let mut counts: Counts = map.seats.counts.clone();
    if counts.free.is_empty() {
        return Vec::new();
    }
    // What is mine is neither free nor held by others.
    for pick in map.hold.wanted() {
        counts.add(map.plan, pick.ix, map.seats.state(pick.ix), -1);
    }
    let item = |look, kind, category: usize, text: String| LegendItem {
        mark: Mark::Seat(SeatLook { look, kind, category: category as u16, couch_left: true }),
        text,
    };
    let mut items = Vec::new();
    for (i, category) in chart.categories.iter().enumerate() {
        let Some(kind) = map.plan.category_kinds[i] else { continue };
        let price = show.price(&category.id).map(|p| p.words(glyphs)).unwrap_or_default();
        items.push(item(Look::Free, kind, i, format!("{} {} free {price}", category.name, counts.free[i])));
    }
    let mine = map.hold.wanted().len();
    if mine > 0 {
        items.push(item(Look::Mine, SeatKind::Seat, 0, format!("yours {mine}")));
    }
    if counts.sold > 0 {
        items.push(item(Look::Sold, SeatKind::Seat, 0, format!("sold {}", counts.sold)));
    }
    if counts.held > 0 {
        items.push(item(Look::Held, SeatKind::Seat, 0, format!("held by others {}", counts.held)));
    }
    if counts.wheelchair > 0 {
        items.push(item(Look::Free, SeatKind::Wheelchair, 0, format!("wheelchair {}", counts.wheelchair)));
    }
    if counts.companion > 0 {
        items.push(item(Look::Free, SeatKind::Companion, 0, format!("companion {}", counts.companion)));
    }
    items
}

fn panel(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Vec<PanelLine> {
    let wanted: Vec<SeatIx> = map.hold.wanted().iter().map(|p| p.ix).collect();
    if wanted.is_empty() {
        return nothing_chosen(map, show, glyphs);
    }
    let chart = &map.plan.chart;
    let mut lines = vec![PanelLine::Title(map.plan.labels(&wanted))];
    lines.push(PanelLine::Text(togetherness(map, &wanted)));
    if wanted.iter().any(|s| chart.seat(*s).kind == SeatKind::Wheelchair) {
        lines.push(PanelLine::Text("wheelchair place".to_owned()));
    }
    let lines_of: Vec<_> = wanted.iter().map(|s| map.grid.position(*s).map(|(line, _)| line)).collect();
    if let (Some(line), true) = (lines_of[0], lines_of.windows(2).all(|w| w[0] == w[1])) {
        let rows = map.grid.lines.iter().filter(|l| !l.seats.is_empty());
        let at = map.grid.lines.iter().take(line as usize + 1).filter(|l| !l.seats.is_empty()).count();
        lines.push(PanelLine::Dim(format!("row {at} of {}", rows.count())));
    }
    lines.push(PanelLine::Blank);
    for (i, category) in chart.categories.iter().enumerate() {
        let count = wanted.iter().filter(|s| usize::from(chart.seat(**s).category) == i).count() as i64;
        if let (Some(price), true) = (show.price(&category.id), count > 0) {
            let sum = Money::new(price.minor * count, price.currency);
            let text = format!("{count} {} {}", times_sign(glyphs), price.figure());
            lines.push(PanelLine::Amount(text, sum.figure()));
        }
    }
    if let Some(total) = total(map, show) {
        lines.push(PanelLine::Rule);
        lines.push(PanelLine::Total("total".to_owned(), total.words(glyphs)));
    }
    lines.push(PanelLine::Blank);
    lines.push(PanelLine::Key("n".to_owned(), "next best".to_owned()));
    lines.push(PanelLine::Key("x".to_owned(), "drop last".to_owned()));
    lines.push(PanelLine::Key("/".to_owned(), "type seats".to_owned()));
    if map.level.is_some() {
        lines.push(PanelLine::Key("]".to_owned(), "next level".to_owned()));
    }
    lines
}

fn nothing_chosen(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Vec<PanelLine> {
    let chart = &map.plan.chart;
    let mut lines = vec![PanelLine::Title(map.plan.label(map.cursor))];
    lines.push(PanelLine::Text(chart.category_of(map.cursor).name.to_string()));
    if let Some(price) = price(map, show, map.cursor) {
        lines.push(PanelLine::Text(price.words(glyphs)));
    }
    lines.push(PanelLine::Dim(words_of(map.look(map.cursor)).to_owned()));
    if !map.hold.lapsed().is_empty() {
        lines.push(PanelLine::Blank);
        lines.push(PanelLine::Key("r".to_owned(), "hold again".to_owned()));
    }
    lines.push(PanelLine::Blank);
    lines.push(PanelLine::Key("2".to_owned(), "best two".to_owned()));
    lines.push(PanelLine::Key("Space".to_owned(), "this seat".to_owned()));
    lines.push(PanelLine::Key("/".to_owned(), "type seats".to_owned()));
    if map.level.is_some() {
        lines.push(PanelLine::Key("]".to_owned(), "next level".to_owned()));
    }
    lines
}

/// Whether the chosen seats are beside each other.
fn togetherness(map: &MapVm<'_>, wanted: &[SeatIx]) -> String {
    let category = map.plan.chart.category_of(wanted[0]).name.to_string();
    let same = wanted.iter().all(|s| map.plan.chart.category_of(*s).name.as_str() == category);
    let mut places: Vec<_> = wanted.iter().map(|s| map.plan.geometry.place[s.get()]).collect();
    places.sort_unstable();
    let beside = places.windows(2).all(|w| w[0].0 == w[1].0 && w[0].1 + 1 == w[1].1);
    let how = match (wanted.len(), beside) {
        (1, _) => "one seat",
        (_, true) => "together",
        (_, false) => "apart",
    };
    if same { format!("{category}, {how}") } else { how.to_owned() }
}

fn words_of(look: SeatLook) -> &'static str {
    match (look.look, look.kind) {
        (Look::Free, SeatKind::Wheelchair) => "wheelchair, free",
        (Look::Free, SeatKind::Companion) => "companion, free",
        (Look::Free, SeatKind::Couch) => "free half of couch",
        (Look::Free, _) => "free",
        (Look::Mine, _) => "yours",
        (Look::Pending, _) => "being held",
        (Look::Held, _) => "held by someone else",
        (Look::Sold, _) => "sold",
        (Look::Blocked, _) => "not for sale",
    }
}

/// The seat under the cursor, unless the panel tells of it already.
fn status(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, size: Size) -> String {
    if map.hold.wanted().is_empty() && panel_width(size) > 0 {
        let free: u32 = map.seats.counts.free.iter().sum();
        return format!("{free} seats are free. A digit takes the best ones together.");
    }
    let label = map.plan.label(map.cursor);
    let price = price(map, show, map.cursor).map(|p| format!(", {}", p.words(glyphs))).unwrap_or_default();
    let level = map.level.as_ref().map(|l| format!("{l}: ")).unwrap_or_default();
    let category = &map.plan.chart.category_of(map.cursor).name;
    format!("{level}{label}, {category}{price}, {}.", words_of(map.look(map.cursor)))
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
    let total = total(map, show).map(|t| t.words(glyphs)).unwrap_or_default();
    Some(format!("Pay {total}"))
}
