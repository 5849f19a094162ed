//! What the map draws: the hall seat by seat, in dots, or section by section; and only what is seen of it.

use crate::{
    domain::{
        chart::{
            SeatKind,
            grid::{Area, Grid, GridLine, Raster},
            plan::Plan,
        },
        cinema::{Abilities, Holds},
        ids::SeatIx,
        money::Glyphs,
        show::{SeatState, Show},
    },
    store::slices::{
        hold::Holding,
        seats::{self, Lens, Scale, Seats},
    },
};

use std::ops::Range;

/// How a seat looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    Free,
    Mine,
    /// Wanted, and not yet confirmed.
    Pending,
    /// The same, and chosen by the program for a party.
    Proposed,
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
    /// Whether it is the left half of a couch, as it is drawn.
    pub couch_left: bool,
}

/// What the map draws.
pub struct MapVm<'a> {
    pub(super) plan: &'a Plan,
    pub(super) seats: &'a Seats,
    pub(super) hold: &'a Holding,
    pub grid: &'a Grid,
    pub lens: Lens,
    /// First line and column shown, of the grid as it is turned.
    pub origin: (u32, u32),
    pub cursor: SeatIx,
    /// The level's name, where there are several.
    pub level: Option<String>,
    /// Whether the map is a picture on a page, without a cursor.
    is_still: bool,
    /// What the box office can do.
    pub(super) abilities: Abilities,
    /// The sections that are listed, where the map shows sections.
    pub venue: Vec<SectionLine>,
}

/// A line of the list of sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionLine {
    pub section: u16,
    pub name: String,
    /// Free places in eighths, rounded up: 0 means sold out.
    pub eighths: u8,
    pub free: String,
    pub price: String,
    /// Free wheelchair spaces, `W 4`; empty where there are none.
    pub wheelchair: String,
    /// Whether the cursor is here.
    pub here: bool,
}

impl SectionLine {
    /// What is free there, from which price, and places for wheelchairs.
    pub fn facts(&self) -> impl Iterator<Item = String> {
        let free = if self.eighths == 0 { self.free.clone() } else { format!("{} free", self.free) };
        let price = (self.eighths > 0 && !self.price.is_empty()).then(|| format!("from {}", self.price));
        let wheelchair = self.wheelchair.strip_prefix("W ").map(|count| format!("{count} for wheelchairs"));
        [Some(free), price, wheelchair].into_iter().flatten()
    }

    /// The same as a sentence without its full stop: `Balcony: 143 free, from €12.50`.
    pub fn words(&self) -> String {
        format!("{}: {}", self.name, self.facts().collect::<Vec<_>>().join(", "))
    }
}

/// The hall as it is seen through a map of so many cells, without row labels.
pub fn map<'a>(
    seats: &'a Seats,
    hold: &'a Holding,
    show: Option<&Show>,
    cells: (u32, u32),
    glyphs: Glyphs,
) -> Option<MapVm<'a>> {
    let (plan, grid) = (seats.plan()?, seats.grid()?);
    let lens = seats::lens(seats, plan, grid, cells);
    let level = (plan.grids.len() > 1).then(|| plan.chart.levels[seats.level].name.to_string());
    let mut map = MapVm {
        plan,
        seats,
        hold,
        grid,
        lens,
        origin: seats.origin,
        cursor: seats.cursor,
        level,
        is_still: false,
        abilities: Abilities::default(),
        venue: Vec::new(),
    };
    if lens.scale == Scale::Venue {
        let shown = plan.tour.iter().skip(seats.origin.0 as usize).take(cells.1 as usize);
        map.venue = shown.map(|section| map.section_line(*section, show, glyphs)).collect();
    }
    Some(map)
}

impl<'a> MapVm<'a> {
    /// The same without a cursor.
    pub fn still(mut self) -> Self {
        self.is_still = true;
        self.venue.iter_mut().for_each(|line| line.here = false);
        self
    }

    /// The same at a box office that can do this.
    pub(super) fn of(mut self, abilities: Abilities) -> Self {
        self.abilities = abilities;
        self
    }

    /// Whether chosen seats are held until they are booked.
    pub(super) fn keeps(&self) -> bool {
        self.abilities.holds == Holds::Kept
    }

    /// What a seat is, in words.
    pub(super) fn words_of(&self, seat: SeatIx) -> &'static str {
        let look = self.look(seat);
        match look.look {
            Look::Mine | Look::Pending | Look::Proposed if !self.keeps() => "chosen",
            Look::Blocked if self.seats.is_untold() => "not known whether it is free",
            _ => super::panel::words_of(look),
        }
    }

    /// What one's own seats are called.
    pub(super) fn mine_word(&self) -> &'static str {
        if self.keeps() { "yours" } else { "chosen" }
    }

    /// Whether the cursor is on a seat.
    pub fn is_at(&self, seat: SeatIx) -> bool {
        !self.is_still && seat == self.cursor
    }

    /// Whether the cursor is in a section.
    pub fn is_in(&self, section: u16) -> bool {
        !self.is_still && self.plan.section_of(self.cursor) == section
    }

    pub fn look(&self, seat: SeatIx) -> SeatLook {
        let facts = self.plan.chart.seat(seat);
        let look = match self.hold.wanted().iter().find(|p| p.ix == seat) {
            Some(pick) if self.hold.is_held(&pick.id) => Look::Mine,
            Some(_) if self.is_proposed(seat) => Look::Proposed,
            Some(_) => Look::Pending,
            None => match self.seats.state_for(self.hold, seat) {
                SeatState::Free => Look::Free,
                SeatState::Held => Look::Held,
                SeatState::Sold => Look::Sold,
                SeatState::Blocked => Look::Blocked,
            },
        };
        let beside = |seat: Option<SeatIx>| seat.is_some_and(|s| self.plan.chart.seat(s).couch == facts.couch);
        let geometry = &self.plan.geometry;
        let couch_left = facts.couch.is_some()
            && beside(if self.seats.mirrored { geometry.left(seat) } else { geometry.right(seat) });
        SeatLook { look, kind: facts.kind, category: facts.category, couch_left }
    }

    fn is_proposed(&self, seat: SeatIx) -> bool {
        let chosen = self.seats.proposed.as_ref().and_then(|proposed| proposed.chosen());
        chosen.is_some_and(|proposal| proposal.seats.contains(&seat))
    }

    /// The number printed on a seat.
    pub fn number(&self, seat: SeatIx) -> &'a str {
        self.plan.chart.seat(seat).label.as_str()
    }

    /// The label of a seat's row; `None` for a row that leads away from the screen, of which one seat is on the line.
    pub fn row_label(&self, seat: SeatIx) -> Option<&'a str> {
        let row = self.plan.chart.row_of(seat);
        let line = |seat| self.grid.position(SeatIx(seat)).map(|(line, _)| line);
        let other = if row.seats.start == seat.0 { row.seats.end - 1 } else { row.seats.start };
        (line(other) == line(seat.0)).then_some(row.label.as_str())
    }

    /// The colour that the chart gives a category.
    pub fn category_color(&self, category: u16) -> &str {
        self.plan.chart.categories.get(usize::from(category)).map_or("white", |c| c.color.as_str())
    }

    /// The letter that the chart gives a category.
    pub fn category_letter(&self, category: u16) -> char {
        self.plan.chart.categories.get(usize::from(category)).map_or('o', |c| c.glyph)
    }

    /// Line and column of the cursor in the grid as it is turned.
    pub fn cursor_position(&self) -> Option<(u32, u32)> {
        let (line, column) = self.grid.position(self.cursor).filter(|_| !self.is_still)?;
        Some((line, self.turned(column)))
    }

    /// A column of the grid as it is turned, and back.
    pub fn turned(&self, column: u32) -> u32 {
        if self.seats.mirrored { self.grid.cols.saturating_sub(column + 1) } else { column }
    }

    /// The seats of a line from one column to before another, from left to right as the grid is turned.
    pub fn seats_between<'g>(
        &self,
        line: &'g GridLine,
        from: u32,
        to: u32,
    ) -> impl DoubleEndedIterator<Item = (u32, SeatIx)> + use<'g, '_, 'a> {
        let (low, high) = match self.seats.mirrored {
            false => (from, to),
            true => (self.grid.cols.saturating_sub(to), self.grid.cols.saturating_sub(from)),
        };
        let begin = line.seats.partition_point(|(column, _)| *column < low);
        let end = line.seats.partition_point(|(column, _)| *column < high);
        let seats = &line.seats[begin..end.max(begin)];
        let last = seats.len().saturating_sub(1);
        (0..seats.len()).map(move |at| {
            let (column, seat) = seats[if self.seats.mirrored { last - at } else { at }];
            (self.turned(column), seat)
        })
    }

    /// The lines of the grid that a map of so many cells shows, and its columns as the grid is turned.
    pub fn shown(&self, (width, height): (u32, u32)) -> (Range<usize>, Range<u32>) {
        let (line, column) = self.origin;
        let last = (line + height / self.lens.lines).min(self.grid.lines.len() as u32);
        (line.min(last) as usize..last as usize, column..column + width / self.lens.columns)
    }

    /// Where a range was begun.
    pub fn anchor(&self) -> Option<SeatIx> {
        self.seats.anchor
    }

    /// The floor in dots, where one is shown.
    pub fn raster(&self) -> Option<&Raster> {
        self.seats.counts.picture.as_ref().map(|picture| &picture.raster)
    }

    /// The cells of the picture in dots that the wanted seats are in.
    pub fn wanted_cells(&self, raster: &Raster) -> Vec<(u16, u16)> {
        let on_level = self.hold.wanted().iter().filter(|pick| self.plan.level_of(pick.ix) == self.seats.level);
        on_level.filter_map(|pick| raster.cell_of(self.grid, pick.ix)).collect()
    }

    pub fn section_of(&self, seat: SeatIx) -> u16 {
        self.plan.section_of(seat)
    }

    /// The stop of an area.
    pub fn cursor_of(&self, area: &Area) -> SeatIx {
        self.plan.sections[usize::from(area.section)].door.unwrap_or(self.cursor)
    }

    pub fn is_mirrored(&self) -> bool {
        self.seats.mirrored
    }

    /// The general-admission section that the cursor is in.
    pub(super) fn standing_section(&self) -> Option<u16> {
        self.plan.chart.is_standing(self.cursor).then(|| self.plan.section_of(self.cursor))
    }

    /// How many places of a section are wanted.
    pub(super) fn wanted_in(&self, section: u16) -> usize {
        self.hold.wanted().iter().filter(|pick| self.plan.section_of(pick.ix) == section).count()
    }

    /// `Pit · 143 free`, and whether some of its places are wanted.
    pub fn area_words(&self, area: &Area) -> (String, Look) {
        let name = &self.plan.chart.sections[usize::from(area.section)].name;
        let here = || self.hold.wanted().iter().filter(|pick| self.plan.section_of(pick.ix) == area.section);
        let mine = self.wanted_in(area.section);
        // What is held already is not counted as free.
        let still_counted = here().filter(|pick| self.seats.state(pick.ix) == SeatState::Free).count();
        let free = self.free_in(area.section).saturating_sub(still_counted as u32);
        match (mine, free) {
            (0, 0) => (format!("{name} · sold out"), Look::Sold),
            (0, _) => (format!("{name} · {free} free"), Look::Free),
            (_, _) => (format!("{name} · {mine} {} · {free} free", self.mine_word()), Look::Mine),
        }
    }

    /// Free places of a section; all of them while the states are not known yet.
    fn free_in(&self, section: u16) -> u32 {
        let all = self.plan.sections[usize::from(section)].seats;
        self.seats.counts.sections.get(usize::from(section)).map_or(all, |count| count.free)
    }

    /// The section that the cursor is in.
    pub(super) fn section_here(&self, show: &Show, glyphs: Glyphs) -> SectionLine {
        self.section_line(self.plan.section_of(self.cursor), Some(show), glyphs)
    }

    fn section_line(&self, section: u16, show: Option<&Show>, glyphs: Glyphs) -> SectionLine {
        let chart = &self.plan.chart;
        let facts = &self.plan.sections[usize::from(section)];
        let free = self.free_in(section);
        let prices = facts.categories.iter().filter_map(|c| show?.price(&chart.categories[usize::from(*c)].id));
        let wheelchair = self.seats.counts.sections.get(usize::from(section)).map_or(0, |count| count.wheelchair);
        SectionLine {
            section,
            name: chart.sections[usize::from(section)].name.to_string(),
            eighths: (u64::from(free) * 8).div_ceil(u64::from(facts.seats.max(1))).min(8) as u8,
            free: if free == 0 { "sold out".to_owned() } else { free.to_string() },
            price: prices.min_by_key(|p| p.minor).map(|p| p.words(glyphs)).unwrap_or_default(),
            wheelchair: if wheelchair > 0 { format!("W {wheelchair}") } else { String::new() },
            here: self.plan.section_of(self.cursor) == section,
        }
    }
}
