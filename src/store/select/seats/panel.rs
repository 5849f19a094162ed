//! What is said beside the map: the chosen seats and their price, and the legend.

use super::map::{Look, MapVm, SeatLook};
use crate::{
    domain::{
        chart::SeatKind,
        ids::SeatIx,
        money::{Glyphs, Money},
        show::Show,
    },
    store::{select::times_sign, slices::seats::Counts},
};

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

/// Only what is on the screen, with counts and prices.
pub(super) fn legend(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Vec<LegendItem> {
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

pub(super) fn panel(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Vec<PanelLine> {
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

pub(super) fn nothing_chosen(map: &MapVm<'_>, show: &Show, glyphs: Glyphs) -> Vec<PanelLine> {
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
pub(super) fn togetherness(map: &MapVm<'_>, wanted: &[SeatIx]) -> String {
    let category = map.plan.chart.category_of(wanted[0]).name.to_string();
    let same = wanted.iter().all(|s| map.plan.chart.category_of(*s).name.as_str() == category);
    let mut places: Vec<_> = wanted.iter().map(|s| map.plan.geometry.place(*s)).collect();
    places.sort_unstable();
    let beside = places.windows(2).all(|w| w[0].0 == w[1].0 && w[0].1 + 1 == w[1].1);
    let how = match (wanted.len(), beside) {
        (1, _) => "one seat",
        (_, true) => "together",
        (_, false) => "apart",
    };
    if same { format!("{category}, {how}") } else { how.to_owned() }
}

pub(super) fn words_of(look: SeatLook) -> &'static str {
    match (look.look, look.kind) {
        (Look::Free, SeatKind::Wheelchair) => "wheelchair, free",
        (Look::Free, SeatKind::Companion) => "companion, free",
        (Look::Free, SeatKind::Couch) => "free half of couch",
        (Look::Free, _) => "free",
        (Look::Mine, _) => "yours",
        (Look::Pending | Look::Proposed, _) => "being held",
        (Look::Held, _) => "held by someone else",
        (Look::Sold, _) => "sold",
        (Look::Blocked, _) => "not for sale",
    }
}

pub(super) fn price(map: &MapVm<'_>, show: &Show, seat: SeatIx) -> Option<Money> {
    show.price(&map.plan.chart.category_of(seat).id)
}

pub(super) fn total(map: &MapVm<'_>, show: &Show) -> Option<Money> {
    match map.hold.hold() {
        Some(hold) if map.hold.is_settled() => Some(hold.total),
        _ => Money::sum(map.hold.wanted().iter().filter_map(|p| price(map, show, p.ix))),
    }
}
