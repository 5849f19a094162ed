//! `chart show`: a plan as the screen draws it, floor after floor, on a page that is as long as it needs to be.

use super::file::{self, FormatArg, SideArg};
use crate::{
    app::depth,
    cli::{Ctx, Outcome},
    domain::{
        chart::{Chart, SeatKind, json as canonical, plan::Plan},
        failure::{Failure, FailureKind},
    },
    export::ansi::{self, Styles},
    input::keymap::{self, Context, Keymap},
    store::{
        select::seats::{self as select, LABEL_WIDTH, Look, MapVm, Scale, SeatLook},
        slices::{
            hold::Holding,
            seats::{self, Seats},
        },
    },
    ui::{
        frame::{Ctx as Drawing, Frame},
        glyphs,
        theme::{Depth, Theme},
        widgets::{seat_map, seat_sign},
    },
};
use clap::{Args, ValueEnum};
use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::json;
use std::{path::PathBuf, sync::Arc};

/// Columns of a page where there is no terminal to ask.
const WIDTH: u16 = 100;
/// Lines above the seats: the screen, and a blank one.
const ABOVE: u16 = 2;
/// Cells of a page at most.
const MOST_CELLS: u32 = 4_000_000;

#[derive(Args, Debug)]
pub struct Show {
    /// A plan: cinechart (TOML or JSON), a pretix seating plan or a Vista seat layout
    file: PathBuf,
    /// How close: sections (Z0), dots (Z1), seats of one column (Z2), two (Z3), or with their numbers (Z4)
    /// [default: the closest that fits]
    #[arg(long, value_name = "Z0..Z4", ignore_case = true)]
    level: Option<LevelArg>,
    /// Only this floor, by its name or id
    #[arg(long, value_name = "NAME")]
    floor: Option<String>,
    /// Columns of the page [default: the terminal's, and what the level needs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..=8000))]
    width: Option<u16>,
    /// Lines for each floor [default: as many as it needs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(5..=2000))]
    height: Option<u16>,
    /// The plan's format [default: found out from its content]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Where the screen is in the plan's own coordinates [default: what the plan says, or a guess]
    #[arg(long, value_name = "SIDE")]
    screen: Option<SideArg>,
    /// As seen from the screen: left and right exchanged
    #[arg(long)]
    mirror: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelArg {
    #[value(name = "Z0")]
    Venue,
    #[value(name = "Z1")]
    Density,
    #[value(name = "Z2")]
    Compact,
    #[value(name = "Z3")]
    Normal,
    #[value(name = "Z4")]
    Label,
}

impl LevelArg {
    fn scale(self) -> Scale {
        match self {
            Self::Venue => Scale::Venue,
            Self::Density => Scale::Density,
            Self::Compact => Scale::Compact,
            Self::Normal => Scale::Normal,
            Self::Label => Scale::Label,
        }
    }
}

pub fn show(ctx: &Ctx, args: &Show) -> Result<Outcome, Failure> {
    let (format, screen) = (args.format.map(FormatArg::format), args.screen.map(SideArg::side));
    let chart = Arc::new(file::load(&args.file, format, screen, false)?.chart);
    let floors = floors(&chart, args.floor.as_deref())?;
    let keymap: Keymap = keymap::DEFAULT
        .parse()
        .map_err(|e: keymap::KeymapError| Failure::new(FailureKind::Other, "keymap", e.to_string()))?;
    let theme = Theme::of(if ctx.out.styled() { depth(ctx.out.caps.colors) } else { Depth::Mono });
    let page = Page {
        plan: Arc::new(Plan::of(canonical::hash(&chart), chart.clone())),
        args,
        drawing: Drawing {
            theme: &theme,
            glyphs: glyphs::set(ctx.out.glyphs()),
            keymap: &keymap,
            context: Context::Seats,
            screen: Context::Seats,
        },
        styles: if ctx.out.styled() { Styles::Shown } else { Styles::LeftOut },
    };
    let drawn: Vec<Floor> = floors.into_iter().map(|level| page.floor(level)).collect();
    let levels: Vec<_> = drawn
        .iter()
        .map(|floor| json!({ "name": floor.name, "level": floor.scale.name(), "lines": floor.plain }))
        .collect();
    let document = json!({ "v": 1, "name": chart.name, "seats": chart.seats.len(), "levels": levels });
    ctx.out.answer(document, || {
        let mut text = format!("{}\n", ctx.out.bold(chart.name.as_str()));
        for floor in &drawn {
            text.push_str(&format!("\n{}\n", floor.lines.join("\n")));
        }
        text.push_str(&format!("\n{}\n", drawn.first().map(|floor| floor.legend.as_str()).unwrap_or_default()));
        text
    })?;
    Ok(Outcome::Done)
}

/// The floors to draw, by their index.
fn floors(chart: &Chart, wanted: Option<&str>) -> Result<Vec<u16>, Failure> {
    let all = || 0..chart.levels.len() as u16;
    let Some(wanted) = wanted else { return Ok(all().collect()) };
    let named = |level: &u16| {
        let level = &chart.levels[usize::from(*level)];
        level.id.eq_ignore_ascii_case(wanted) || level.name.as_str().to_lowercase() == wanted.to_lowercase()
    };
    let found: Vec<u16> = all().filter(named).collect();
    if found.is_empty() {
        let names: Vec<&str> = chart.levels.iter().map(|level| level.name.as_str()).collect();
        let wanted = crate::domain::text::clean(wanted, 60);
        let why = format!("there is no floor \u{201c}{wanted}\u{201d}; the plan has {}", names.join(", "));
        return Err(Failure::new(FailureKind::Input, "unknown_floor", why));
    }
    Ok(found)
}

struct Page<'a> {
    plan: Arc<Plan>,
    args: &'a Show,
    drawing: Drawing<'a>,
    styles: Styles,
}

/// A floor as it is drawn.
struct Floor {
    name: String,
    scale: Scale,
    lines: Vec<String>,
    plain: Vec<String>,
    legend: String,
}

impl Page<'_> {
    fn floor(&self, level: u16) -> Floor {
        let grid = &self.plan.grids[usize::from(level)];
        let mut seats = Seats::default();
        (seats.level, seats.mirrored) = (usize::from(level), self.args.mirror);
        seats.plan.set(self.plan.clone(), 0);
        seats.zoom = self.args.level.map(LevelArg::scale);
        seats.cursor = grid.near(0, 0).unwrap_or_default();
        let cells = self.cells(&mut seats, grid.cols, grid.lines.len() as u32);
        let hold = Holding::default();
        let mut buffer =
            Buffer::empty(Rect::new(0, 0, cells.0 as u16 + 2 * LABEL_WIDTH, (cells.1 as u16).saturating_add(ABOVE)));
        let area = Rect { x: LABEL_WIDTH, y: ABOVE, width: cells.0 as u16, height: cells.1 as u16 };
        let map = select::map(&seats, &hold, None, cells, self.drawing.glyphs.kind).map(MapVm::still);
        let screen = self.plan.chart.screen.label.as_str();
        let mut legend = String::new();
        let scale = map.as_ref().map_or(Scale::Compact, |map| map.lens.scale);
        if let Some(map) = map {
            seat_map::draw(&map, screen, ABOVE, self.drawing, area, &mut buffer, &mut Frame::default());
            legend = self.legend(&map);
        }
        let trimmed = |styles| {
            let mut lines = ansi::lines(&buffer, styles);
            while lines.last().is_some_and(String::is_empty) {
                lines.pop();
            }
            let blank = lines.iter().take_while(|line| line.is_empty()).count();
            lines.split_off(blank)
        };
        let name = self.plan.chart.levels[usize::from(level)].name.to_string();
        Floor { name, scale, lines: trimmed(self.styles), plain: trimmed(Styles::LeftOut), legend }
    }

    /// The cells of the map on this page, and the pictures that need their number.
    fn cells(&self, seats: &mut Seats, cols: u32, lines: u32) -> (u32, u32) {
        let labels = 2 * u32::from(LABEL_WIDTH);
        let given = self.args.width.map(u32::from);
        let width = given.unwrap_or_else(|| {
            let terminal = crossterm::terminal::size().map_or(WIDTH, |(width, _)| width.max(WIDTH));
            let needed = seats.zoom.map_or(0, |scale| cols * scale.columns() + labels);
            u32::from(terminal).max(needed).min(8_000)
        });
        let width = width.saturating_sub(labels).max(1);
        let scale = seats::lens(seats, &self.plan, &self.plan.grids[seats.level], (width, lines)).scale;
        let needed = match scale {
            Scale::Venue => self.plan.tour.len() as u32,
            Scale::Density => lines.div_ceil(4).max(4),
            _ => lines,
        };
        let most = (MOST_CELLS / (width + labels)).min(2_000);
        let height = self.args.height.map_or(needed, |height| u32::from(height).saturating_sub(u32::from(ABOVE)));
        let cells = (width, height.clamp(1, most));
        seats.show_picture(scale, cells);
        cells
    }

    /// The signs of what there is in the whole plan.
    fn legend(&self, map: &MapVm<'_>) -> String {
        let chart = &self.plan.chart;
        if !map.lens.scale.shows_seats() {
            return String::new();
        }
        let sample = |look, kind, category: usize| {
            let look = SeatLook { look, kind, category: category as u16, couch_left: true };
            seat_sign::sample(map, look, self.drawing).trim().to_owned()
        };
        let mut words: Vec<String> = chart
            .categories
            .iter()
            .enumerate()
            .filter_map(|(at, category)| {
                let kind = self.plan.category_kinds[at]?;
                Some(format!("{} {}", sample(Look::Free, kind, at), category.name))
            })
            .collect();
        let kinds = [
            (SeatKind::Wheelchair, Look::Free, "wheelchair"),
            (SeatKind::Companion, Look::Free, "companion"),
            (SeatKind::Blocked, Look::Blocked, "not for sale"),
        ];
        for (kind, look, name) in kinds {
            if chart.seats.iter().any(|seat| seat.kind == kind) {
                words.push(format!("{} {name}", sample(look, kind, 0)));
            }
        }
        words.join("   ")
    }
}
