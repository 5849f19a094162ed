//! What of the hall is shown: level, zoom, scrolling, and which side is left.

use super::{Counts, Seats};
use crate::{
    domain::{
        chart::{
            grid::{Grid, Raster, Step},
            plan::Plan,
            venue::{self, Neighbour},
        },
        ids::SeatIx,
        show::SeatState,
    },
    store::{
        action::{SeatsAction, Turn, Zoom},
        state::Size,
        tracked::Tracked,
    },
};
use std::sync::Arc;

/// The cursor stays this far from the edge of a map that is scrolled.
const MARGIN: u32 = 2;
/// Halls with more seats or more sections begin with the list of their sections.
const MOST_SEATS: usize = 3_000;
const MOST_SECTIONS: usize = 6;
/// Sections of a far step through the list.
const FAR: usize = 5;

/// How close the hall is looked at: the levels Z0 to Z4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scale {
    /// The sections of the whole house.
    Venue,
    /// A floor in dots.
    Density,
    /// One column a seat.
    Compact,
    Normal,
    /// With the number on each seat.
    Label,
}

impl Scale {
    pub const ALL: [Self; 5] = [Self::Venue, Self::Density, Self::Compact, Self::Normal, Self::Label];

    /// Whether each seat has its own place on the screen.
    pub fn shows_seats(self) -> bool {
        self >= Self::Compact
    }

    /// `Z0` to `Z4`.
    pub fn name(self) -> &'static str {
        ["Z0", "Z1", "Z2", "Z3", "Z4"][self as usize]
    }

    /// Screen columns a seat, at least.
    pub fn columns(self) -> u32 {
        match self {
            Self::Venue | Self::Density | Self::Compact => 1,
            Self::Normal => 2,
            Self::Label => 4,
        }
    }

    fn larger(self) -> Self {
        Self::ALL[(self as usize + 1).min(Self::ALL.len() - 1)]
    }

    fn smaller(self) -> Self {
        Self::ALL[(self as usize).saturating_sub(1)]
    }
}

/// A scale on a terminal of some size: the cells that a seat has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lens {
    pub scale: Scale,
    /// Screen columns a seat, the air to the next one among them.
    pub columns: u32,
    /// Screen lines a row, likewise.
    pub lines: u32,
}

impl Lens {
    /// The roomiest cells of a scale for a grid of so many columns and lines in a map of so many cells.
    pub fn of(scale: Scale, grid: (u32, u32), map: (u32, u32)) -> Self {
        let fits = |columns: u32, lines: u32| grid.0 * columns <= map.0 && grid.1 * lines <= map.1;
        let roomy: &[(u32, u32)] = match scale {
            Scale::Label => &[(6, 3), (6, 2), (4, 2)],
            Scale::Normal => &[(3, 2), (2, 2)],
            Scale::Venue | Scale::Density | Scale::Compact => &[],
        };
        let (columns, lines) =
            roomy.iter().copied().find(|&(columns, lines)| fits(columns, lines)).unwrap_or((scale.columns(), 1));
        Self { scale, columns, lines }
    }

    /// The columns and lines of the grid that a map of so many cells shows.
    fn shown(self, (width, height): (u32, u32)) -> (u32, u32) {
        (width / self.columns, height / self.lines)
    }
}

/// The cells that the map may use on a screen of this size, without row labels. The screen draws by the same sizes.
pub fn map_size(size: Size) -> (u32, u32) {
    let panel = panel_width(size);
    let width = size.width.saturating_sub(if panel > 0 { panel + 2 } else { 0 }).saturating_sub(2 * LABEL_WIDTH);
    let above = if size.height >= 24 { 4 } else { 2 };
    let below = match (panel > 0, size.height) {
        (true, ..28) => 4,
        (true, _) => 5,
        (false, _) => 6,
    };
    (u32::from(width.max(1)), u32::from(size.height.saturating_sub(above + below).max(1)))
}

/// Columns on each side of the map for the row labels.
pub const LABEL_WIDTH: u16 = 3;

/// The width of the side panel; 0 where there is no room and it becomes lines below the map.
pub fn panel_width(size: Size) -> u16 {
    match size.width {
        160.. => 32,
        100.. => 24,
        76.. => 18,
        _ => 0,
    }
}

/// The cells of the picture in dots: the whole map, or beside the list of sections what that leaves; none where that
/// is too little.
pub fn raster_room(scale: Scale, (width, height): (u32, u32)) -> Option<(u16, u16)> {
    let cells = |width: u32| (width as u16, height as u16);
    match scale {
        Scale::Density => Some(cells(width)),
        Scale::Venue => width.checked_sub(list_width(width)).filter(|w| *w >= 16 && height >= 8).map(cells),
        _ => None,
    }
}

/// The columns of the list of sections in a map of this width.
pub fn list_width(map: u32) -> u32 {
    match map {
        100.. => 56,
        54.. => 38,
        _ => map,
    }
}

/// How a hall is shown: as was chosen, else as large as fits.
pub fn lens(seats: &Seats, plan: &Plan, grid: &Grid, map: (u32, u32)) -> Lens {
    let scale = seats.zoom.unwrap_or_else(|| match () {
        () if plan.chart.seats.len() > MOST_SEATS || plan.tour.len() > MOST_SECTIONS => Scale::Venue,
        () => largest(grid.cols, map.0),
    });
    Lens::of(scale, (grid.cols, grid.lines.len() as u32), map)
}

/// The largest scale that shows seats and of which so many columns fit; the smallest where none does.
fn largest(cols: u32, width: u32) -> Scale {
    let fitting = [Scale::Label, Scale::Normal].into_iter().find(|scale| cols * scale.columns() <= width);
    fitting.unwrap_or(Scale::Compact)
}

fn current(seats: &Seats, size: Size) -> Option<Lens> {
    Some(lens(seats, seats.plan()?, seats.grid()?, map_size(size)))
}

/// Whether single seats are too small to be seen: keys then move through sections or blocks.
pub fn is_overview(seats: &Seats, size: Size) -> bool {
    current(seats, size).is_some_and(|lens| !lens.scale.shows_seats())
}

/// Scrolls so that the cursor can be seen, with a margin, and no further than the grid's end; and makes the picture
/// in dots where one is shown.
pub fn keep_cursor_in_view(seats: &mut Tracked<Seats>, size: Size) {
    let map = map_size(size);
    let (Some(plan), Some(grid)) = (seats.plan(), seats.grid()) else { return };
    let lens = lens(seats, plan, grid, map);
    let origin = match lens.scale {
        Scale::Density => (0, 0),
        Scale::Venue => {
            let here = plan.section_of(seats.cursor);
            let at = plan.tour.iter().position(|s| *s == here).unwrap_or(0) as u32;
            (scrolled(seats.origin.0, at, map.1, plan.tour.len() as u32), 0)
        }
        _ => {
            let Some((line, col)) = grid.position(seats.cursor) else { return };
            let (cols, lines) = lens.shown(map);
            let col = if seats.mirrored { grid.cols - 1 - col } else { col };
            // The ends of an area's box are above and below its only stop.
            let last = grid.lines.len() as u32;
            (scrolled(seats.origin.0, line, lines, last), scrolled(seats.origin.1, col, cols, grid.cols))
        }
    };
    if origin != seats.origin {
        seats.origin = origin;
    }
    renew_raster(seats, lens.scale, map);
}

pub(super) fn scrolled(origin: u32, at: u32, shown: u32, all: u32) -> u32 {
    if all <= shown {
        return 0;
    }
    let margin = MARGIN.min(shown.saturating_sub(1) / 2);
    let lowest = (at + margin + 1).saturating_sub(shown);
    let highest = at.saturating_sub(margin);
    origin.clamp(lowest.min(highest), highest).min(all - shown)
}

/// Makes the picture in dots anew if there is none for this floor and room; it then follows each change by itself.
fn renew_raster(seats: &mut Tracked<Seats>, scale: Scale, map: (u32, u32)) {
    let Some(room) = raster_room(scale, map) else { return };
    let level = seats.level as u16;
    let fits = |picture: &Arc<Picture>| picture.level == level && picture.raster.room == room;
    if !seats.counts.picture.as_ref().is_some_and(fits) {
        seats.show_picture(scale, map);
    }
}

impl Seats {
    /// Makes the picture in dots that a scale shows in a map of so many cells.
    pub fn show_picture(&mut self, scale: Scale, map: (u32, u32)) {
        let (Some(grid), Some(room)) = (self.grid(), raster_room(scale, map)) else { return };
        let raster = Raster::of(grid, room, |seat| self.state(seat) == SeatState::Free);
        self.counts.picture = Some(Arc::new(Picture { level: self.level as u16, raster }));
    }
}

/// A floor in dots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub level: u16,
    pub raster: Raster,
}

impl Counts {
    /// Counts a seat `times` more as free in the picture.
    pub(super) fn add_to_picture(&mut self, plan: &Plan, seat: SeatIx, times: i32) {
        if let Some(picture) = &mut self.picture
            && plan.level_of(seat) == usize::from(picture.level)
        {
            Arc::make_mut(picture).raster.add(&plan.grids[plan.level_of(seat)], seat, times);
        }
    }
}

pub(super) fn zoomed(seats: &mut Tracked<Seats>, zoom: Zoom, size: Size) {
    let Some(now) = current(seats, size) else { return };
    seats.zoom = match zoom {
        Zoom::Auto => None,
        Zoom::In => Some(now.scale.larger()),
        Zoom::Out => Some(now.scale.smaller()),
    };
}

/// From an overview to the seats around the cursor, as large as their section fits.
pub(super) fn show_seats(seats: &mut Tracked<Seats>, size: Size) {
    if is_overview(seats, size)
        && let Some(grid) = seats.grid()
    {
        let cols = grid.section_columns(seats.cursor).map_or(grid.cols, |cols| cols.end() - cols.start() + 1);
        seats.zoom = Some(largest(cols, map_size(size).0));
    }
}

/// What a person does with seats is seen on them: proposals and typed seats lead out of an overview.
pub(super) fn follow(seats: &mut Tracked<Seats>, action: &SeatsAction, size: Size) {
    let leads_to_seats = match action {
        SeatsAction::Party(_) | SeatsAction::Alternative(_) => seats.proposed.is_some(),
        SeatsAction::SubmitTyped | SeatsAction::TypeIn(_) => seats.typed.is_none(),
        SeatsAction::Best | SeatsAction::NextFree | SeatsAction::BestInRow(_) => true,
        _ => false,
    };
    if leads_to_seats {
        show_seats(seats, size);
    }
}

/// A step: from seat to seat, over the dots from cell to cell, in the list from section to section.
pub(super) fn step(seats: &mut Tracked<Seats>, step: Step, size: Size) {
    let (Some(plan), Some(grid), Some(lens)) = (seats.plan(), seats.grid(), current(seats, size)) else { return };
    let step = if seats.mirrored { step.mirrored() } else { step };
    let to = match lens.scale {
        Scale::Venue => section_step(plan, seats.cursor, step),
        Scale::Density => {
            let reach = seats.counts.picture.as_ref().map_or((1, 1), |picture| picture.raster.reach());
            grid.stride(seats.cursor, step, reach)
        }
        _ => grid.step(seats.cursor, step),
    };
    if to != seats.cursor {
        let level = plan.level_of(to);
        seats.cursor = to;
        seats.level = level;
    }
}

fn section_step(plan: &Plan, cursor: SeatIx, step: Step) -> SeatIx {
    let here = plan.section_of(cursor);
    let at = plan.tour.iter().position(|s| *s == here).unwrap_or(0);
    let last = plan.tour.len().saturating_sub(1);
    let beside = |side| venue::neighbour(&plan.chart, &plan.sections, here, side);
    let to = match step {
        Step::Up => plan.tour.get(at.saturating_sub(1)).copied(),
        Step::Down => plan.tour.get((at + 1).min(last)).copied(),
        Step::FarUp => plan.tour.get(at.saturating_sub(FAR)).copied(),
        Step::FarDown => plan.tour.get((at + FAR).min(last)).copied(),
        Step::FirstRow | Step::RowStart => plan.tour.first().copied(),
        Step::LastRow | Step::RowEnd => plan.tour.last().copied(),
        Step::Left | Step::PreviousBlock => beside(Neighbour::Left),
        Step::Right | Step::NextBlock => beside(Neighbour::Right),
    };
    to.filter(|to| *to != here).and_then(|to| plan.sections[usize::from(to)].door).unwrap_or(cursor)
}

/// The cursor goes to a section; if it is there already, into it.
pub(super) fn point_at_section(seats: &mut Tracked<Seats>, section: u16, size: Size) {
    let Some(plan) = seats.plan().cloned() else { return };
    if plan.section_of(seats.cursor) == section {
        show_seats(seats, size);
    } else if let Some(door) = plan.sections.get(usize::from(section)).and_then(|facts| facts.door) {
        seats.cursor = door;
        seats.level = plan.level_of(door);
    }
}

/// To the seat nearest to a place of the grid.
pub(super) fn jump(seats: &mut Tracked<Seats>, line: u32, col: u32) {
    if let Some(seat) = seats.grid().and_then(|grid| grid.near(line, col)) {
        seats.cursor = seat;
    }
}

/// To the middle of another level's first row, a place that is always there. Levels without seats are passed over.
pub(super) fn turn_level(seats: &mut Tracked<Seats>, turn: Turn) {
    let Some(plan) = seats.plan().cloned() else { return };
    let count = plan.grids.len();
    let others = (1..count).map(|step| match turn {
        Turn::Next => (seats.level + step) % count,
        Turn::Previous => (seats.level + count - step) % count,
    });
    let first = |level: usize| plan.grids[level].lines.iter().find(|line| !line.seats.is_empty());
    let found = others.into_iter().find_map(|level| Some((level, first(level)?)));
    if let Some((level, line)) = found {
        seats.level = level;
        seats.cursor = line.seats[line.seats.len() / 2].1;
        seats.origin = (0, 0);
    }
}

pub(super) fn clamp_origin(seats: &mut Tracked<Seats>, size: Size) {
    let Some(lens) = current(seats, size) else { return };
    let map = map_size(size);
    let end = match (lens.scale, seats.plan(), seats.grid()) {
        (Scale::Venue, Some(plan), _) => ((plan.tour.len() as u32).saturating_sub(map.1), 0),
        (Scale::Density, ..) | (_, _, None) | (_, None, _) => (0, 0),
        (_, _, Some(grid)) => {
            let (cols, lines) = lens.shown(map);
            ((grid.lines.len() as u32).saturating_sub(lines), grid.cols.saturating_sub(cols))
        }
    };
    seats.origin = (seats.origin.0.min(end.0), seats.origin.1.min(end.1));
}
