//! The map of real plans: halls that somebody built and somebody else drew. Beside the project there may be a folder
//! of them (`FRONTROW_SHARED`, else `../shared`); in CI it must be there. What may be published is kept as pictures in
//! text; of the other plans only what must be true of them, and a hash of each drawing.

mod common;

use common::{stage::Stage, styled::styled, styled::text};
use frontrow::domain::chart::{
    Chart,
    geometry::Geometry,
    grid::{Grid, Step},
    import,
};
use sha2::{Digest, Sha256};
use std::{collections::HashSet, fs, path::PathBuf, sync::Arc};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// A plan of the shared folder.
fn plan(name: &str) -> Option<Arc<Chart>> {
    let folder = std::env::var_os("FRONTROW_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let file = folder.join("data/seating-plans/pretix").join(format!("{name}.json"));
    let Ok(text) = fs::read_to_string(&file) else {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", file.display());
        eprintln!("left out: {} is not here, so its map was not looked at", file.display());
        return None;
    };
    Some(Arc::new(import::read(&text, &import::Options::default()).expect("a plan that can be read").chart))
}

/// The seat map of a plan at each size, in colour and without.
fn maps(name: &str) -> Vec<(String, Stage)> {
    let Some(chart) = plan(name) else { return Vec::new() };
    let mut maps = Vec::new();
    for (width, height) in SIZES {
        for mono in [false, true] {
            let mut stage = Stage::with_chart(width, height, chart.clone());
            stage = if mono { stage.mono() } else { stage };
            stage.keys("enter enter");
            let colours = if mono { "-mono" } else { "" };
            maps.push((format!("plan-{name}-{width}x{height}{colours}"), stage));
        }
    }
    maps
}

fn snap(name: &str, stage: &mut Stage) {
    let (buffer, frame) = stage.draw();
    let cursor = frame.cursor.map_or_else(|| "none".to_owned(), |c| format!("{},{}", c.x, c.y));
    let text = format!("{}cursor: {cursor}\n", styled(&buffer));
    insta::with_settings!({ snapshot_path => "screens", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_hall_of_a_university_with_boxes_over_the_stalls() {
    for (name, mut stage) in maps("ull-paraninfo") {
        snap(&name, &mut stage);
    }
}

#[test]
fn a_dance_floor_with_boxes_along_its_sides() {
    for (name, mut stage) in maps("ticketland-demo") {
        snap(&name, &mut stage);
    }
}

#[test]
fn a_stadium_begins_with_its_sections_and_enter_leads_into_one() {
    for (name, mut stage) in maps("metalist-stadium") {
        snap(&name, &mut stage);
        let sections = stage.text();
        assert!(sections.contains("west 2") && !sections.contains("S C R E E N"), "{sections}");
        stage.keys("enter");
        let seats = stage.text();
        assert!(seats.contains("S C R E E N"), "{seats}");
        assert!(stage.store.state().hold.wanted().is_empty(), "into the section, not to a seat of it");
        if name.ends_with("120x40") {
            snap(&format!("{name}-section"), &mut stage);
            stage.keys("0 +");
            snap(&format!("{name}-dots"), &mut stage);
        }
    }
}

/// The drawing itself may not be kept here: a change of it shows as another hash.
fn keeps_its_drawing(name: &str, hashes: [&str; 3]) {
    let drawn = maps(name).into_iter().filter(|(name, _)| !name.ends_with("mono"));
    for ((name, mut stage), hash) in drawn.zip(hashes) {
        let drawing = text(&stage.draw().0);
        let digest = Sha256::digest(&drawing);
        let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(short, hash, "{name} is drawn in another way:\n{drawing}");
    }
}

#[test]
fn a_theatre_of_curved_rows_is_drawn_as_it_was() {
    keeps_its_drawing("tim-teater-besar", ["", "", ""]);
}

#[test]
fn a_cinema_with_couples_seats_is_drawn_as_it_was() {
    keeps_its_drawing("bhd-vista", ["", "", ""]);
}

/// No seat is lost or covered, left stays left within a row, and each seat can be reached.
#[test]
fn the_grids_of_all_plans_keep_their_promises() {
    for name in ["tim-teater-besar", "ull-paraninfo", "ticketland-demo", "metalist-stadium", "bhd-vista"] {
        let Some(chart) = plan(name) else { continue };
        let geometry = Geometry::of(&chart);
        let mut placed = HashSet::new();
        for grid in Grid::all(&chart, &geometry) {
            for (at, line) in grid.lines.iter().enumerate() {
                assert!(line.seats.is_sorted_by(|a, b| a.0 < b.0), "{name}: two seats share a cell");
                for &(column, seat) in &line.seats {
                    assert!(placed.insert(seat), "{name}: a seat is drawn twice");
                    assert_eq!(grid.position(seat), Some((at as u32, column)));
                }
                for pair in line.seats.windows(2) {
                    let (a, b) = (chart.seat(pair[0].1), chart.seat(pair[1].1));
                    assert!(a.row != b.row || a.x <= b.x, "{name}: left and right are exchanged");
                }
            }
            // Block by block, and through each block seat by seat.
            let mut reached = HashSet::new();
            let mut block = grid.step(grid.near(0, 0).expect("a level has seats"), Step::RowStart);
            loop {
                let mut seat = block;
                while reached.insert(seat) {
                    seat = grid.step(seat, Step::Right);
                }
                let next = grid.step(block, Step::NextBlock);
                if next == block {
                    break;
                }
                block = next;
            }
            let seats: usize = grid.lines.iter().map(|line| line.seats.len()).sum();
            assert_eq!(reached.len(), seats, "{name}: some seats cannot be reached");
        }
        assert_eq!(placed.len(), chart.seats.len(), "{name}: a seat is lost");
    }
}

/// Rows of a real theatre: the label stands at both ends of the line, and the seats of the row are on it.
#[test]
fn curved_rows_in_several_pieces_are_one_line() {
    let Some(chart) = plan("tim-teater-besar") else { return };
    let grid = Grid::of(&chart, 0);
    for row in &chart.rows {
        let lines: HashSet<_> =
            row.seats.clone().filter_map(|s| grid.position(frontrow::domain::ids::SeatIx(s))).map(|(l, _)| l).collect();
        assert_eq!(lines.len(), 1, "row {} lies on one line", row.label);
    }
}
