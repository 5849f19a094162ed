//! `chart`: looking at halls' plans, without a server.

use super::{Ctx, Outcome};
use crate::domain::{
    chart::{Chart, SeatKind, cinechart, grid::Grid, json as canonical, lint},
    failure::{Failure, FailureKind},
    ids::SeatIx,
    money::Glyphs,
};
use clap::Subcommand;
use serde_json::json;
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};
use unicode_width::UnicodeWidthStr;

/// The largest plan that is read, in bytes.
const MAX_FILE: u64 = 4 * 1024 * 1024;
/// One shape for each price category, in their order.
const SHAPES: [char; 6] = ['■', '▲', '●', '◆', '★', '▼'];

#[derive(Debug, Subcommand)]
pub enum ChartCommand {
    /// Draw a plan; exit code 6 if it cannot be used
    Show {
        /// A plan in cinechart TOML, or in canonical JSON (*.json)
        file: PathBuf,
    },
    /// Say what is wrong or doubtful in a plan; exit code 6 if it cannot be used
    Check {
        /// A plan in cinechart TOML, or in canonical JSON (*.json)
        file: PathBuf,
    },
}

pub fn run(ctx: &Ctx, command: &ChartCommand) -> Result<Outcome, Failure> {
    match command {
        ChartCommand::Show { file } => show(ctx, file),
        ChartCommand::Check { file } => check(ctx, file),
    }
}

fn check(ctx: &Ctx, file: &Path) -> Result<Outcome, Failure> {
    let parsed = parse(file, &read(file)?);
    let (report, seats) = match &parsed {
        Ok(chart) => (lint::check(chart), chart.seats.len()),
        Err(why) => (lint::Report { errors: vec![why.clone()], warnings: Vec::new() }, 0),
    };
    let document = json!({ "v": 1, "errors": report.errors, "warnings": report.warnings, "seats": seats });
    ctx.out.answer(document, || {
        let mut text = String::new();
        let lines =
            |kind: &str, found: &[String]| found.iter().map(|what| format!("{kind}: {what}\n")).collect::<String>();
        text.push_str(&lines("error", &report.errors));
        text.push_str(&lines("warning", &report.warnings));
        let counts = [(seats, "seat"), (report.errors.len(), "error"), (report.warnings.len(), "warning")];
        let counts = counts.map(|(count, what)| counted(count, what)).join(", ");
        text.push_str(&format!("{}: {counts}\n", file.display()));
        text
    })?;
    Ok(if report.errors.is_empty() { Outcome::Done } else { Outcome::Said(FailureKind::Refused) })
}

fn show(ctx: &Ctx, file: &Path) -> Result<Outcome, Failure> {
    let chart = parse(file, &read(file)?)
        .map_err(|why| Failure::new(FailureKind::Refused, "bad_chart", format!("{}: {why}", file.display())))?;
    let levels: Vec<_> = (0..chart.levels.len()).filter_map(|at| u16::try_from(at).ok()).collect();
    let drawn: Vec<String> = levels.iter().map(|level| draw(&chart, *level, ctx.out.glyphs())).collect();
    let document = json!({ "v": 1, "name": chart.name, "seats": chart.seats.len(), "levels": drawn });
    ctx.out.answer(document, || {
        let heading = ctx.out.bold(chart.name.as_str());
        format!("{heading}\n\n{}\n{}", drawn.join("\n"), legend(&chart, ctx.out.glyphs()))
    })?;
    Ok(Outcome::Done)
}

fn read(file: &Path) -> Result<String, Failure> {
    let refuse = |why: String| Failure::new(FailureKind::Input, "bad_file", format!("{}: {why}", file.display()));
    let unreadable = |error: io::Error| refuse(reason(&error));
    if file.is_dir() {
        return Err(refuse("it is a folder; name a file".to_owned()));
    }
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    let mut text = String::new();
    opened.take(MAX_FILE + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MAX_FILE {
        return Err(refuse(format!("a plan may have {} MiB at most", MAX_FILE / (1024 * 1024))));
    }
    Ok(text)
}

/// Why a file cannot be read, in plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}

/// `1 error`, `2 errors`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn parse(file: &Path, text: &str) -> Result<Chart, String> {
    let json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let parsed = if json { canonical::parse(text) } else { cinechart::parse(text) };
    parsed.map_err(|error| error.to_string())
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
