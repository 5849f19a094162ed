//! The free seats of a show as sentences, row by row and block by block: for ears, and for reading line by line.

use super::Hall;
use crate::{
    cli::out::Out,
    domain::{
        chart::{SeatKind, geometry::Geometry},
        ids::SeatIx,
        seating::spec::Names,
        show::SeatState,
    },
};
use std::fmt::Write;

/// A line for each row, below its section where there are several.
pub(super) fn words(out: &Out, hall: &Hall, names: &Names) -> String {
    let (chart, geometry) = (&hall.chart, Geometry::of(&hall.chart));
    let mut text = String::new();
    let mut section = None;
    for (at, row) in (0u32..).zip(&chart.rows).filter(|(_, row)| !row.seats.is_empty()) {
        let name = &chart.sections[usize::from(row.section)].name;
        let is_standing = chart.is_standing(SeatIx(row.seats.start));
        if chart.sections.len() > 1 && section.replace(row.section) != Some(row.section) && !is_standing {
            let _ = writeln!(text, "{name}");
        }
        let runs = geometry.runs_of_row(at).map(|run| geometry.run(run));
        let stretches = runs.flat_map(|run| run.split(|seat| !is_free(hall, *seat))).filter(|seats| !seats.is_empty());
        let blocks: Vec<String> = stretches.map(|seats| block(out, hall, names, &geometry, seats)).collect();
        let free = if blocks.is_empty() { "nothing free".to_owned() } else { blocks.join("; ") };
        let _ = match row.label.as_str() {
            _ if is_standing => writeln!(text, "{name}: {free}"),
            "" => writeln!(text, "Row without a name: {free}"),
            label => writeln!(text, "Row {label}: {free}"),
        };
    }
    text
}

fn is_free(hall: &Hall, seat: SeatIx) -> bool {
    hall.state(seat) == SeatState::Free && hall.show.sells(&hall.chart.category_of(seat).id)
}

/// `F3-F8, 6 together, Standard €12.50, F3 wheelchair space`
fn block(out: &Out, hall: &Hall, names: &Names, geometry: &Geometry, seats: &[SeatIx]) -> String {
    let chart = &hall.chart;
    let mut words = match seats {
        [one] if !chart.is_standing(*one) => vec![names.label(chart, *one)],
        [first, ..] if chart.is_standing(*first) => vec![format!("{} places free", seats.len())],
        _ => vec![names.labels(chart, geometry, seats), format!("{} together", seats.len())],
    };
    let mut categories: Vec<u16> = seats.iter().map(|seat| chart.seat(*seat).category).collect();
    categories.dedup();
    words.extend(categories.into_iter().map(|category| {
        let category = &chart.categories[usize::from(category)];
        let price = hall.show.price(&category.id).map(|price| format!(" {}", price.words(out.glyphs())));
        format!("{}{}", category.name, price.unwrap_or_default())
    }));
    words.extend(seats.iter().filter_map(|seat| {
        let what = match chart.seat(*seat).kind {
            SeatKind::Wheelchair => "wheelchair space",
            SeatKind::Companion => "companion seat",
            _ => return None,
        };
        Some(format!("{} {what}", names.label(chart, *seat)))
    }));
    words.join(", ")
}
