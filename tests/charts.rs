//! Real plans, as they were found: each is read with a true report of its quirks, and survives being written. Time and
//! the machine play no part.

use frontrow::domain::{
    chart::{
        Chart, SeatKind, Side,
        geometry::Geometry,
        import::{self, Imported, Options},
        json, lint,
        pretix::export::export,
    },
    ids::{SeatId, SeatIx},
};
use serde_json::Value;
use std::{fs, path::PathBuf};

/// Beside the project there may be a folder of reference material (`FRONTROW_SHARED`, else `../shared`). In CI it must
/// be there.
fn plan(name: &str) -> Option<String> {
    let folder = std::env::var_os("FRONTROW_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let file = folder.join("data/seating-plans").join(name);
    let text = fs::read_to_string(&file).ok();
    if text.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", file.display());
        eprintln!("left out: {} is not here, so it was not read", file.display());
    }
    text
}

const ALL: [&str; 6] = [
    "pretix/tim-teater-besar.json",
    "pretix/ull-paraninfo.json",
    "pretix/ticketland-demo.json",
    "pretix/metalist-stadium.json",
    "pretix/bhd-vista.json",
    "raw/bhd-vista.json",
];

fn read(text: &str) -> Imported {
    import::read(text, &Options::default()).expect("a plan that can be read")
}

fn said(found: &[String], words: &str) -> bool {
    found.iter().any(|sentence| sentence.contains(words))
}

/// The ids of each run of a row, from left to right.
fn runs(chart: &Chart, section: &str, row: &str) -> Vec<Vec<String>> {
    let geometry = Geometry::of(chart);
    let rows = (0u32..).zip(&chart.rows).filter(|(_, found)| {
        found.label.as_str() == row && chart.sections[usize::from(found.section)].name.as_str() == section
    });
    let name = |seat: &SeatIx| chart.seat(*seat).id.to_string();
    let runs = rows.flat_map(|(at, _)| geometry.runs_of_row(at)).map(|run| geometry.run(run));
    runs.map(|run| run.iter().map(name).collect()).collect()
}

#[test]
fn every_plan_is_sound_once_it_is_read() {
    for name in ALL {
        let Some(text) = plan(name) else { return };
        let Imported { chart, .. } = read(&text);
        assert_eq!(lint::check(&chart).errors, Vec::<String>::new(), "{name}");
        assert!(chart.seats.iter().all(|seat| seat.x >= 0.0 && seat.y >= 0.0), "{name}");
        for (at, row) in chart.rows.iter().enumerate() {
            assert!(row.seats.clone().all(|ix| chart.seats[ix as usize].row as usize == at), "{name}");
        }
    }
}

#[test]
fn every_plan_is_the_same_after_it_was_written_for_pretix_and_read_again() {
    for name in ALL {
        let Some(text) = plan(name) else { return };
        let Imported { chart, .. } = read(&text);
        let first = export(&chart);
        assert_eq!(first.left_out, Vec::<String>::new(), "{name}");
        let again = read(&first.json);
        assert_eq!(again.report, lint::Report::default(), "{name}");
        assert_eq!(json::hash(&again.chart), json::hash(&chart), "{name}");
        assert_eq!(export(&again.chart), first, "{name}");
        assert_eq!(json::parse(&json::print(&chart)).map(|chart| json::hash(&chart)), Ok(json::hash(&chart)), "{name}");
    }
}

#[test]
fn what_is_written_has_just_the_fields_of_the_schema_and_names_that_differ() {
    for name in ALL {
        let Some(text) = plan(name) else { return };
        let written = export(&read(&text).chart).json;
        let strict = Options { strict: true, ..Options::default() };
        let report = import::read(&written, &strict).expect("a plan").report;
        assert_eq!(report, lint::Report::default(), "{name}");
        let plan: Value = serde_json::from_str(&written).expect("JSON");
        assert!(plan["size"]["width"].is_i64() && plan["size"]["height"].is_i64(), "{name}");
        let zones = plan["zones"].as_array().expect("zones");
        let seats = zones.iter().flat_map(|zone| zone["rows"].as_array().expect("rows"));
        let seats: Vec<&Value> = seats.flat_map(|row| row["seats"].as_array().expect("seats")).collect();
        let mut names: Vec<&str> = seats.iter().filter_map(|seat| seat["seat_guid"].as_str()).collect();
        assert!(names.iter().all(|name| name.chars().count() > 1 && name.trim() == *name), "{name}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), seats.len(), "{name}");
    }
}

#[test]
fn the_theatre_with_curved_rows_has_duplicate_names_rows_in_parts_and_a_stage_at_the_bottom() {
    let Some(text) = plan(ALL[0]) else { return };
    let Imported { chart, report } = read(&text);
    assert_eq!((chart.seats.len(), chart.levels.len(), chart.sections.len()), (1_132, 1, 1));
    assert_eq!(report.errors.len(), 21);
    assert!(report.errors.iter().all(|error| error.starts_with("duplicate seat_guid ")), "{:?}", report.errors);
    assert!(chart.seats.iter().any(|seat| seat.id == SeatId::new("Groundfloor-AB-18~2")));
    for words in [
        "29 row labels are split over several row objects",
        "rows are curved or tilted",
        "\"S T A G E\" stands there",
        "category \"NOT AVAILABLE\" sounds as if its 112 seats are not for sale",
        "5 category names are each a UUID",
    ] {
        assert!(said(&report.warnings, words), "{words}: {:?}", report.warnings);
    }
    assert_eq!(chart.screen.side, Side::Bottom);
    // The stage is not quite in the middle of the seats.
    let widest = chart.seats.iter().map(|seat| seat.x).fold(0.0, f64::max);
    let off = chart.screen.center.expect("the stage's middle") - widest / 2.0;
    assert!((-3.0..3.0).contains(&off) && off != 0.0, "{off}");
    // Side and middle blocks are one row with an aisle on either side; curves are no aisles.
    let row = runs(&chart, "Ground floor", "L");
    assert_eq!(row.iter().map(Vec::len).collect::<Vec<_>>(), [7, 13, 7]);
    assert_eq!(runs(&chart, "Ground floor", "BG").len(), 1);
    let first = chart.rows.first().expect("rows").label.as_str();
    assert_eq!(first, "E", "the first row is the one at the stage");
}

#[test]
fn a_plan_read_strictly_is_refused_for_what_pretix_refuses() {
    let Some(text) = plan(ALL[0]) else { return };
    let strict = import::read(&text, &Options { strict: true, ..Options::default() }).expect("a report").report;
    assert_eq!(strict.errors.iter().filter(|error| error.starts_with("duplicate")).count(), 21);
}

#[test]
fn the_university_hall_has_odd_and_even_sides_an_aisle_in_the_middle_and_floors_over_each_other() {
    let Some(text) = plan(ALL[1]) else { return };
    let Imported { chart, report } = read(&text);
    assert_eq!((chart.seats.len(), chart.sections.len(), chart.rows.len()), (603, 4, 29));
    assert_eq!(report.errors, Vec::<String>::new());
    let levels: Vec<&str> = chart.levels.iter().map(|level| level.name.as_str()).collect();
    assert_eq!(levels, ["Patio de Butacas", "Anfiteatro"]);
    assert!(said(&report.warnings, "in 24 of 29 rows the numbers neither rise nor fall"), "{:?}", report.warnings);
    assert!(said(&report.warnings, "it was taken to be at the bottom"), "{:?}", report.warnings);
    // The aisle of 1.79 pitches parts the row, and the audience faces the screen: even numbers are on its right.
    let row = runs(&chart, "Patio de Butacas", "Q");
    assert_eq!(row.len(), 2);
    assert_eq!((row[0].len(), row[1].len()), (12, 12));
    assert_eq!((row[0][11].as_str(), row[1][0].as_str()), ("stalls-Q-1", "stalls-Q-2"));
    let neighbours: Vec<&str> = row[1].iter().map(String::as_str).take(3).collect();
    assert_eq!(neighbours, ["stalls-Q-2", "stalls-Q-4", "stalls-Q-6"]);
    assert_eq!(chart.rows.first().map(|row| row.label.as_str()), Some("A"));
}

#[test]
fn a_floor_whose_rows_have_no_labels_gets_its_rows_back() {
    let Some(text) = plan(ALL[2]) else { return };
    let Imported { chart, report } = read(&text);
    assert_eq!((chart.seats.len(), chart.levels.len(), chart.sections.len()), (1_115, 1, 6));
    let floor = chart.rows.iter().filter(|row| row.section == 0);
    let sizes: Vec<usize> = floor.map(|row| row.seats.len()).collect();
    assert_eq!(sizes, [30; 30]);
    assert!(said(&report.warnings, "900 seats that stand in 30 lines"), "{:?}", report.warnings);
    assert!(said(&report.warnings, "30 rows have no label; they were numbered from the screen"));
    assert_eq!(runs(&chart, "Танцевальный партер", "1")[0].len(), 30);
}

#[test]
fn a_stadium_of_forty_thousand_is_read_whole() {
    let Some(text) = plan(ALL[3]) else { return };
    let Imported { chart, report } = read(&text);
    assert_eq!((chart.seats.len(), chart.sections.len(), chart.rows.len()), (39_616, 58, 1_453));
    assert_eq!((report.errors.len(), chart.levels.len()), (0, 1));
    // Numbers with a hole have a hole in the row.
    let geometry = Geometry::of(&chart);
    assert!(geometry.count() > chart.rows.len());
}

#[test]
fn a_cinemas_own_layout_and_the_same_hall_drawn_for_pretix_have_the_same_neighbours() {
    let (Some(drawn), Some(raw)) = (plan(ALL[4]), plan(ALL[5])) else { return };
    let (drawn, raw) = (read(&drawn), read(&raw));
    assert_eq!((drawn.chart.seats.len(), raw.chart.seats.len()), (156, 156));
    assert_eq!((drawn.chart.screen.side, raw.chart.screen.side), (Side::Bottom, Side::Bottom));
    let shape = |chart: &Chart| {
        let geometry = Geometry::of(chart);
        let mut runs: Vec<(String, usize)> =
            geometry.runs().map(|run| (chart.row_of(run[0]).label.to_string(), run.len())).collect();
        runs.sort();
        runs
    };
    assert_eq!(shape(&drawn.chart), shape(&raw.chart));
    let couches = raw.chart.seats.iter().filter(|seat| seat.kind == SeatKind::Couch);
    assert!(couches.clone().all(|seat| raw.chart.rows[seat.row as usize].label.as_str() == "L"));
    assert_eq!(couches.count(), 10);
    assert!(raw.chart.seats.iter().any(|seat| seat.id == SeatId::new("3-10-0")));
    assert!(said(&raw.report.warnings, "the seats' Ids do not tell them apart"), "{:?}", raw.report.warnings);
    let categories: Vec<&str> = raw.chart.categories.iter().map(|category| category.name.as_str()).collect();
    assert_eq!(categories, ["Standard", "Couple", "VIP"]);
}

#[test]
fn a_screen_that_the_reader_is_told_of_is_believed() {
    let Some(text) = plan(ALL[1]) else { return };
    let turned = |side| {
        let options = Options { screen: Some(side), ..Options::default() };
        import::read(&text, &options).expect("a plan").chart
    };
    let first = |chart: &Chart| chart.rows[0].label.to_string();
    assert_eq!((first(&turned(Side::Top)), first(&turned(Side::Bottom))), ("Q".to_owned(), "A".to_owned()));
    let (top, left) = (turned(Side::Top), turned(Side::Left));
    let extent =
        |chart: &Chart, of: fn(&frontrow::domain::chart::Seat) -> f64| chart.seats.iter().map(of).fold(0.0, f64::max);
    assert_eq!(extent(&top, |seat| seat.x), extent(&left, |seat| seat.y));
}
