//! `chart show`: a plan as it is drawn.

use super::file;
use crate::{
    cli::{Ctx, Outcome},
    domain::{
        chart::{Chart, SeatKind, grid::Grid},
        failure::Failure,
        ids::SeatIx,
        money::Glyphs,
    },
};
use serde_json::json;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// One shape for each price category, in their order.
const SHAPES: [char; 6] = ['■', '▲', '●', '◆', '★', '▼'];

pub fn show(ctx: &Ctx, file: &Path) -> Result<Outcome, Failure> {
    let chart = file::load(file, None, None, false)?.chart;
    let levels: Vec<_> = (0..chart.levels.len()).filter_map(|at| u16::try_from(at).ok()).collect();
    let drawn: Vec<String> = levels.iter().map(|level| draw(&chart, *level, ctx.out.glyphs())).collect();
    let document = json!({ "v": 1, "name": chart.name, "seats": chart.seats.len(), "levels": drawn });
    ctx.out.answer(document, || {
        let heading = ctx.out.bold(chart.name.as_str());
        format!("{heading}\n\n{}\n{}", drawn.join("\n"), legend(&chart, ctx.out.glyphs()))
    })?;
    Ok(Outcome::Done)
}

/// One level: its name if there are several, the screen, and the rows with their labels at both ends.
fn draw(chart: &Chart, level: u16, glyphs: Glyphs) -> String {
    let grid = Grid::of(chart, level);
    let margin = grid.lines.iter().map(|line| line.label.width()).max().unwrap_or(0);
    let width = 2 * grid.cols as usize;
    let mut text = String::new();
    if chart.levels.len() > 1 {
        text.push_str(&format!("{}\n", chart.levels[usize::from(level)].name));
    }
    let screen = chart.screen.label.as_str();
    text.push_str(&format!("{:margin$} {screen:^width$}\n", ""));
    for line in &grid.lines {
        let mut cells = vec![' '; width];
        for (column, ix) in &line.seats {
            if let Some(cell) = cells.get_mut(2 * *column as usize) {
                *cell = glyph(chart, *ix, glyphs);
            }
        }
        let cells: String = cells.into_iter().collect();
        let row = format!("{label:>margin$} {cells}{label}", label = line.label);
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

fn glyph(chart: &Chart, ix: SeatIx, glyphs: Glyphs) -> char {
    let seat = chart.seat(ix);
    match (seat.kind, glyphs) {
        (SeatKind::Blocked, _) => 'x',
        (SeatKind::Wheelchair, _) => 'W',
        (SeatKind::Companion, _) => 'C',
        (SeatKind::Seat | SeatKind::Couch | SeatKind::Standing, Glyphs::Ascii) => chart.category_of(ix).glyph,
        (SeatKind::Seat | SeatKind::Couch | SeatKind::Standing, Glyphs::Unicode) => shape(seat.category),
    }
}

fn shape(category: u16) -> char {
    SHAPES[usize::from(category) % SHAPES.len()]
}

fn legend(chart: &Chart, glyphs: Glyphs) -> String {
    let categories = chart.categories.iter().zip(0u16..).map(|(category, at)| {
        let sign = if glyphs == Glyphs::Ascii { category.glyph } else { shape(at) };
        format!("{sign} {}", category.name)
    });
    let kinds = [
        (SeatKind::Wheelchair, "W wheelchair"),
        (SeatKind::Companion, "C companion"),
        (SeatKind::Blocked, "x blocked"),
    ];
    let present = kinds.iter().filter(|(kind, _)| chart.seats.iter().any(|seat| seat.kind == *kind));
    let words: Vec<String> = categories.chain(present.map(|(_, words)| (*words).to_owned())).collect();
    format!("{}\n", words.join("   "))
}
