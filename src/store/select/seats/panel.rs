//! What is said beside the map: the chosen seats and their price, what the rules say of them, and the keys of the
//! moment.

use super::{
    ANYBODYS,
    map::{Look, MapVm, SeatLook},
};
use crate::{
    domain::{
        chart::{SeatKind, plan::Plan},
        ids::SeatIx,
        money::{AT_CHECKOUT, Glyphs, Money},
        seating::{
            orphan::{self, Verdict},
            sight::sight,
        },
        show::Show,
        text,
    },
    store::{
        select::times_sign,
        slices::{
            hold::Holding,
            seats::{self, Judged, closeness, panel_width},
        },
        state::Size,
    },
};

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
    /// A command in braces, of which the screen knows the key, and what it does.
    Key(String, String),
}

/// From this height on there is room for the seat under the cursor beside what is chosen.
const ROOMY: u16 = 28;

pub(super) fn panel(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, size: Size) -> Vec<PanelLine> {
    let wanted = wanted(map);
    let mut lines = Lines { lines: Vec::new(), width: usize::from(panel_width(size)) };
    if wanted.is_empty() {
        seat(map, show, glyphs, &mut lines);
    } else {
        chosen(map, show, glyphs, &wanted, &mut lines);
        verdict(map, &mut lines);
        cart(map, show, glyphs, &wanted, &mut lines);
        if size.height >= ROOMY && !wanted.contains(&map.cursor) {
            lines.push(PanelLine::Blank);
            seat_below(map, show, glyphs, &mut lines);
        }
    }
    lines.push(PanelLine::Blank);
    keys(map, &wanted, &mut lines);
    lines.lines
}

/// The columns of a key in the panel.
const KEY_WIDTH: usize = 7;

/// The lines of the panel; texts are wrapped to its width, where it stands beside the map.
struct Lines {
    lines: Vec<PanelLine>,
    width: usize,
}

impl Lines {
    fn push(&mut self, line: PanelLine) {
        self.lines.push(line);
    }

    fn wrapped(&mut self, words: &str, line: fn(String) -> PanelLine) {
        match self.width {
            0 => self.lines.push(line(words.to_owned())),
            width => self.lines.extend(text::wrap(words, width).into_iter().map(line)),
        }
    }

    /// A key with so much to say that it takes more than one line.
    fn key_wrapped(&mut self, command: &str, what: &str) {
        let width = if self.width == 0 { usize::MAX } else { self.width.saturating_sub(KEY_WIDTH) };
        let mut words = text::wrap(what, width).into_iter();
        self.key(command, words.next().unwrap_or_default());
        words.for_each(|more| self.key("", more));
    }

    fn key(&mut self, command: &str, what: impl Into<String>) {
        let key = if command.is_empty() { String::new() } else { format!("{{{command}}}") };
        self.lines.push(PanelLine::Key(key, what.into()));
    }
}

fn wanted(map: &MapVm<'_>) -> Vec<SeatIx> {
    map.hold.wanted().iter().map(|p| p.ix).collect()
}

/// Which seats, how together, in which row.
fn chosen(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, wanted: &[SeatIx], lines: &mut Lines) {
    let chart = &map.plan.chart;
    lines.push(PanelLine::Title(seats::names(map.plan, wanted, times_sign(glyphs))));
    lines.wrapped(&togetherness(map, wanted), PanelLine::Text);
    if wanted.iter().any(|s| chart.seat(*s).kind == SeatKind::Wheelchair) {
        lines.push(PanelLine::Text("wheelchair space".to_owned()));
    }
    if let Some(changes) = price_changes(map, show, wanted) {
        lines.wrapped(changes, PanelLine::Dim);
    }
    let lines_of: Vec<_> = wanted.iter().map(|s| map.grid.position(*s).map(|(line, _)| line)).collect();
    if let (Some(line), true) = (lines_of[0], lines_of.windows(2).all(|w| w[0] == w[1])) {
        let rows = map.grid.lines.iter().filter(|l| !l.seats.is_empty());
        let at = map.grid.lines.iter().take(line as usize + 1).filter(|l| !l.seats.is_empty()).count();
        lines.push(PanelLine::Dim(format!("row {at} of {}", rows.count())));
    }
}

/// Seats beside each other that cost differently: that should not come as a surprise.
fn price_changes(map: &MapVm<'_>, show: &Show, wanted: &[SeatIx]) -> Option<&'static str> {
    let together = closeness(map.plan.hall(), wanted) == "together";
    let prices: Vec<Money> = wanted.iter().filter_map(|seat| price(map, show, *seat)).collect();
    (together && prices.windows(2).any(|pair| pair[0] != pair[1])).then_some("at different prices")
}

/// What the orphan rule says, and the key that mends it.
fn verdict(map: &MapVm<'_>, lines: &mut Lines) {
    let Some(judged) = &map.seats.judged else { return };
    if let Some((words, fix)) = verdict_words(map.plan, map.hold, judged) {
        lines.push(PanelLine::Blank);
        lines.wrapped(&words, if judged.is_refused() { PanelLine::Text } else { PanelLine::Dim });
        if let Some(fix) = fix {
            lines.key_wrapped("fix", &fix);
        }
    }
}

/// What the rule says of the wanted seats, as a sentence, and what `f` does about it.
pub(super) fn verdict_words(plan: &Plan, hold: &Holding, judged: &Judged) -> Option<(String, Option<String>)> {
    let judgement = &judged.judgement;
    if judgement.verdict == Verdict::Ok {
        return None;
    }
    let wanted = hold.wanted().iter().map(|pick| pick.ix);
    let seated: Vec<SeatIx> = wanted.filter(|seat| !plan.chart.is_standing(*seat)).collect();
    let words = orphan::words(plan.hall(), &seated, judgement, &|seats| plan.labels(seats))?;
    // What can be mended says so by its key; this says why nothing has to be.
    let allowed = match judgement.verdict {
        Verdict::Unavoidable => " With so few seats there that cannot be avoided, and is allowed.",
        _ => "",
    };
    Some((format!("{}.{allowed}", words.reason), words.fixes.into_iter().next()))
}

/// What it costs: a line for each category, and the total.
fn cart(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, wanted: &[SeatIx], lines: &mut Lines) {
    let chart = &map.plan.chart;
    lines.push(PanelLine::Blank);
    for (i, category) in chart.categories.iter().enumerate() {
        let count = wanted.iter().filter(|s| usize::from(chart.seat(**s).category) == i).count() as i64;
        if let (Some(price), true) = (show.price(&category.id), count > 0) {
            let sum = Money::new(price.minor * count, price.currency);
            let text = format!("{count} {} {}", times_sign(glyphs), price.figure());
            lines.push(PanelLine::Amount(text, sum.figure()));
        }
    }
    match total(map, show) {
        Some(total) => {
            lines.push(PanelLine::Rule);
            lines.push(PanelLine::Total("total".to_owned(), total.words(glyphs)));
        }
        None => lines.wrapped(AT_CHECKOUT, PanelLine::Text),
    }
    if !map.keeps() {
        lines.push(PanelLine::Blank);
        lines.wrapped(ANYBODYS, PanelLine::Dim);
    }
}

/// The seat under the cursor, with nothing chosen.
fn seat(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, lines: &mut Lines) {
    if !map.lens.scale.shows_seats() {
        return section(map, show, glyphs, lines);
    }
    let seat = map.cursor;
    lines.push(PanelLine::Title(label(map, seat)));
    lines.push(PanelLine::Text(map.plan.chart.category_of(seat).name.to_string()));
    if let Some(price) = price(map, show, seat) {
        lines.push(PanelLine::Text(price.words(glyphs)));
    }
    lines.wrapped(map.words_of(seat), PanelLine::Dim);
    details(map, seat, lines);
}

/// The section under the cursor, where single seats are too small to be seen.
fn section(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, lines: &mut Lines) {
    let section = map.section_here(show, glyphs);
    lines.push(PanelLine::Title(section.name.clone()));
    for words in section.facts() {
        lines.wrapped(&words, PanelLine::Text);
    }
}

/// The same below what is chosen.
fn seat_below(map: &MapVm<'_>, show: &Show, glyphs: Glyphs, lines: &mut Lines) {
    if !map.lens.scale.shows_seats() {
        return lines.wrapped(&map.section_here(show, glyphs).words(), PanelLine::Dim);
    }
    let seat = map.cursor;
    let price = price(map, show, seat).map(|price| format!(", {}", price.words(glyphs))).unwrap_or_default();
    let category = &map.plan.chart.category_of(seat).name;
    let words = format!("{}: {category}{price}, {}", label(map, seat), map.words_of(seat));
    lines.wrapped(&words, PanelLine::Dim);
    details(map, seat, lines);
}

/// What the plan says of a seat besides its place.
fn details(map: &MapVm<'_>, seat: SeatIx, lines: &mut Lines) {
    for flag in &map.plan.chart.seat(seat).flags {
        lines.wrapped(&flag_words(flag), PanelLine::Dim);
    }
    if let Some(sight) = sight(map.plan.hall(), seat) {
        let (wide, high) = (sight.subtended_deg.round(), sight.top_deg.round().max(0.0));
        lines.wrapped(&format!("screen {wide}° wide, its top {high}° up"), PanelLine::Dim);
    }
}

/// `restricted-view` and `restrictedView` are `restricted view`.
fn flag_words(flag: &str) -> String {
    let mut words = String::new();
    for c in flag.chars() {
        match c {
            '-' | '_' => words.push(' '),
            c if c.is_uppercase() && !words.is_empty() => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            c => words.extend(c.to_lowercase()),
        }
    }
    words
}

/// What the keys do now.
fn keys(map: &MapVm<'_>, wanted: &[SeatIx], lines: &mut Lines) {
    let state = map.seats;
    match wanted.len() {
        0 => {
            if !map.hold.lapsed().is_empty() {
                lines.key("again", "hold again");
            }
            match map.plan.chart.is_standing(map.cursor) {
                _ if !map.lens.scale.shows_seats() => {
                    lines.key("party 2", "best two");
                    lines.key("toggle", "its seats");
                }
                true => {
                    lines.key("party 2", "two places");
                    lines.key("toggle", "one place");
                }
                false => {
                    lines.key("party 2", "best two");
                    lines.key("toggle", "this seat");
                }
            }
        }
        count => {
            let all_house = wanted.iter().all(|seat| state.house.contains(seat));
            match state.proposed.as_ref().filter(|p| all_house && usize::from(p.party) == count) {
                Some(proposed) if proposed.is_elsewhere(map.cursor) => lines.key(&format!("party {count}"), "here"),
                _ => {}
            }
            if all_house {
                lines.key("alternative", "next best");
            }
            let here = map.standing_section().map(|section| map.wanted_in(section));
            match here {
                Some(places @ ..9) => lines.key(&format!("party {}", places + 1), "one place more"),
                None if count < 9 => lines.key(&format!("party {}", count + 1), "one more"),
                _ => {}
            }
            lines.key("drop", "drop last");
        }
    }
    lines.key("type-seats", "type seats");
    if map.level.is_some() {
        lines.key("level next", "next level");
    }
}

/// How near the chosen seats are to each other: as they were proposed, else as they are.
fn togetherness(map: &MapVm<'_>, wanted: &[SeatIx]) -> String {
    let chart = &map.plan.chart;
    let category = chart.category_of(wanted[0]).name.to_string();
    let same = wanted.iter().all(|s| chart.category_of(*s).name.as_str() == category);
    let seated: Vec<SeatIx> = wanted.iter().copied().filter(|seat| !chart.is_standing(*seat)).collect();
    let proposed = map.seats.proposed.as_ref().and_then(|p| p.chosen());
    let as_proposed = proposed.filter(|p| p.seats.len() == wanted.len() && p.seats.iter().all(|s| wanted.contains(s)));
    let how = match (as_proposed, seated.as_slice()) {
        (Some(proposal), _) if wanted.len() > 1 => proposal.words(),
        (_, []) => "general admission".to_owned(),
        (_, seated) => closeness(map.plan.hall(), seated).to_owned(),
    };
    if same { format!("{category}, {how}") } else { how }
}

pub(super) fn words_of(look: SeatLook) -> &'static str {
    match (look.look, look.kind) {
        (Look::Free, SeatKind::Wheelchair) => "wheelchair space, free",
        (Look::Free, SeatKind::Companion) => "companion, free",
        (Look::Free, SeatKind::Couch) => "free half of couch",
        (Look::Free, _) => "free",
        (Look::Mine, _) => "yours",
        (Look::Pending | Look::Proposed, _) => "being held",
        (Look::Held, _) => "held by someone else",
        (Look::Sold, _) => "sold",
        (Look::Blocked, SeatKind::Blocked) => "not for sale",
        (Look::Blocked, _) => "not for sale at this show",
    }
}

/// The label of a seat; that of a general-admission place is its section's.
pub(super) fn label(map: &MapVm<'_>, seat: SeatIx) -> String {
    match map.plan.chart.is_standing(seat) {
        true => map.plan.chart.section_of(seat).name.to_string(),
        false => map.plan.label(seat),
    }
}

pub(super) fn price(map: &MapVm<'_>, show: &Show, seat: SeatIx) -> Option<Money> {
    show.price(&map.plan.chart.category_of(seat).id)
}

pub(super) fn total(map: &MapVm<'_>, show: &Show) -> Option<Money> {
    match map.hold.hold() {
        Some(hold) if map.hold.is_settled() => hold.total,
        _ => Money::sum(map.hold.wanted().iter().map(|p| price(map, show, p.ix))),
    }
}
