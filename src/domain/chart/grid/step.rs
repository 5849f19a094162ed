//! Steps of the cursor over the grid. Every seat can be reached: the blocks one after the other by
//! [`Step::NextBlock`], and within a block seat by seat.

use super::{Grid, GridLine, nearest};
use crate::domain::ids::SeatIx;

/// Rows of a far step.
const FAR: usize = 5;

/// A step of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Left,
    Right,
    /// Towards the screen.
    Up,
    Down,
    /// The first seat of the previous run / of the next run in the row; from the row's end, of the next row.
    PreviousBlock,
    NextBlock,
    /// Five rows.
    FarUp,
    FarDown,
    RowStart,
    RowEnd,
    FirstRow,
    LastRow,
}

impl Step {
    /// The step that looks like this one where left and right are exchanged.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
            Self::PreviousBlock => Self::NextBlock,
            Self::NextBlock => Self::PreviousBlock,
            Self::RowStart => Self::RowEnd,
            Self::RowEnd => Self::RowStart,
            Self::Up | Self::Down | Self::FarUp | Self::FarDown | Self::FirstRow | Self::LastRow => self,
        }
    }
}

impl Grid {
    /// The seat that a step from `from` leads to; `from` itself where the grid ends. Up and down stay in the section
    /// as long as it goes on, so that a block at the side, whose rows lie between those of the middle, is not a trap.
    pub fn step(&self, from: SeatIx, step: Step) -> SeatIx {
        let Some((line, column)) = self.position(from) else { return from };
        let (line, seats) = (line as usize, &self.lines[line as usize].seats);
        let at = seats.partition_point(|&(c, _)| c < column);
        let in_line = |at: Option<usize>| at.and_then(|at| seats.get(at)).map(|&(_, seat)| seat);
        let to = match step {
            Step::Left => in_line(at.checked_sub(1)),
            Step::Right => in_line(Some(at + 1)),
            Step::RowStart => in_line(Some(0)),
            Step::RowEnd => in_line(seats.len().checked_sub(1)),
            Step::PreviousBlock => match block_start(seats, at).checked_sub(1) {
                Some(end) => in_line(Some(block_start(seats, end))),
                None => self.rows_above(line).next().map(|l| l.seats[block_start(&l.seats, l.seats.len() - 1)].1),
            },
            Step::NextBlock => match (at + 1..seats.len()).find(|&next| block_start(seats, next) == next) {
                Some(next) => in_line(Some(next)),
                None => self.rows_below(line).next().map(|l| l.seats[0].1),
            },
            Step::Up => self.in_section(from, line, column, Towards::Screen, 1),
            Step::Down => self.in_section(from, line, column, Towards::Back, 1),
            Step::FarUp => self.in_section(from, line, column, Towards::Screen, FAR),
            Step::FarDown => self.in_section(from, line, column, Towards::Back, FAR),
            Step::FirstRow => self.rows_below_or_at(0).next().and_then(|l| nearest(&l.seats, column)),
            Step::LastRow => self.rows_above(self.lines.len()).next().and_then(|l| nearest(&l.seats, column)),
        };
        to.unwrap_or(from)
    }

    /// A step over so many columns and lines at once.
    pub fn stride(&self, from: SeatIx, step: Step, (columns, lines): (u32, u32)) -> SeatIx {
        let Some((line, column)) = self.position(from) else { return from };
        let last = self.lines.len().saturating_sub(1) as u32;
        let vertical = |to: u32| {
            let to = to.min(last);
            // Where the aim is the seat itself, on to the next row: no step leads nowhere before the end.
            self.near(to, column).filter(|seat| self.position(*seat).is_some_and(|(l, _)| l != line))
        };
        let to = match step {
            Step::Left => self.near(line, column.saturating_sub(columns)),
            Step::Right => self.near(line, column + columns),
            Step::Up => vertical(line.saturating_sub(lines)).or_else(|| Some(self.step(from, Step::Up))),
            Step::Down => vertical(line + lines).or_else(|| Some(self.step(from, Step::Down))),
            Step::FarUp => vertical(line.saturating_sub(lines * FAR as u32)),
            Step::FarDown => vertical(line + lines * FAR as u32),
            _ => Some(self.step(from, step)),
        };
        match to {
            Some(to) if to != from => to,
            _ => self.step(from, step),
        }
    }

    /// `rows` rows further in the same section, or as many as it has; from its last row, to the next row of any.
    fn in_section(&self, from: SeatIx, line: usize, column: u32, way: Towards, rows: usize) -> Option<SeatIx> {
        let span = self.span(from)?;
        let here = span.lines.partition_point(|&l| (l as usize) < line);
        let to = match way {
            Towards::Screen => span.lines[..here].iter().rev().take(rows).next_back(),
            Towards::Back => span.lines[here..].iter().filter(|&&l| l as usize > line).take(rows).last(),
        };
        if let Some(&to) = to {
            let own: Vec<_> = self.lines[to as usize]
                .seats
                .iter()
                .filter(|(_, seat)| (span.first..span.end).contains(seat))
                .copied()
                .collect();
            return nearest(&own, column);
        }
        let next = match way {
            Towards::Screen => self.rows_above(line).next(),
            Towards::Back => self.rows_below(line).next(),
        };
        nearest(&next?.seats, column)
    }

    /// Lines with seats before `line`, the nearest first.
    fn rows_above(&self, line: usize) -> impl Iterator<Item = &GridLine> {
        self.lines[..line].iter().rev().filter(|l| !l.seats.is_empty())
    }

    fn rows_below(&self, line: usize) -> impl Iterator<Item = &GridLine> {
        self.rows_below_or_at(line + 1)
    }

    fn rows_below_or_at(&self, line: usize) -> impl Iterator<Item = &GridLine> {
        self.lines[line..].iter().filter(|l| !l.seats.is_empty())
    }
}

#[derive(Clone, Copy)]
enum Towards {
    Screen,
    Back,
}

/// The first seat of the block that seat `at` of a line is in: of the seats without an empty column between them.
fn block_start(seats: &[(u32, SeatIx)], at: usize) -> usize {
    (1..=at).rev().find(|&i| seats[i].0 > seats[i - 1].0 + 1).unwrap_or(0)
}
