//! Plans as people and their enemies write them.

use super::*;
use crate::domain::chart::{SeatKind, geometry::Geometry, halls, pretix::export::export};
use proptest::prelude::*;
use serde_json::{Value, json};

fn lenient(text: &str) -> Result<Imported, ChartError> {
    read(text, &Options::default())
}

/// A plan with rows A and B of three seats each.
fn plan() -> Value {
    let row = |label: &str, y: i32| {
        let seats: Vec<Value> = (1..=3)
            .map(|n| {
                json!({
                    "seat_guid": format!("{label}-{n}"), "seat_number": n.to_string(), "category": "Seats",
                    "position": { "x": 25 * n, "y": 0 },
                })
            })
            .collect();
        json!({ "row_number": label, "position": { "x": 0, "y": y }, "seats": seats })
    };
    json!({
        "name": "Small hall", "size": { "width": 100, "height": 100 }, "categories": [{ "name": "Seats" }],
        "zones": [{ "name": "Stalls", "position": { "x": 0, "y": 0 }, "rows": [row("A", 0), row("B", 25)] }],
    })
}

fn report(plan: &Value) -> Report {
    lenient(&plan.to_string()).expect("a plan").report
}

fn said(found: &[String], words: &str) -> bool {
    found.iter().any(|sentence| sentence.contains(words))
}

#[test]
fn the_format_is_found_out_from_the_content() {
    let classic = halls::hall(halls::CLASSIC);
    let formats = [
        (halls::CLASSIC.to_owned(), Ok(Format::Cinechart)),
        (json::print(&classic), Ok(Format::Cinechart)),
        (plan().to_string(), Ok(Format::Pretix)),
        (r#"{"Areas":[]}"#.to_owned(), Ok(Format::Vista)),
        (r#"{"SeatLayoutData":{"Areas":[]}}"#.to_owned(), Ok(Format::Vista)),
        (r#"{"ResponseData":{"SeatLayoutData":{"Areas":[]}}}"#.to_owned(), Ok(Format::Vista)),
    ];
    for (text, format) in formats {
        assert_eq!(detect(&text), format, "{text}");
    }
    assert!(detect("{\"seats\":[]}").expect_err("no plan").0.contains("it is no plan"));
    assert_eq!(lenient(&format!("\u{feff}{}", json::print(&classic))).map(|read| read.chart), Ok(classic));
}

#[test]
fn a_clean_plan_is_reported_to_say_nothing_about_the_screen_and_no_more() {
    let Imported { chart, report } = lenient(&plan().to_string()).expect("a plan");
    assert_eq!(
        chart.seats.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(),
        ["A-1", "A-2", "A-3", "B-1", "B-2", "B-3"]
    );
    assert_eq!((chart.seats[5].x, chart.seats[5].y), (2.0, 1.0));
    assert_eq!(report.errors, Vec::<String>::new());
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    assert!(said(&report.warnings, "it was taken to be at the top, because the rows are counted from there"));
}

#[test]
fn each_quirk_is_told() {
    type Harm = fn(&mut Value);
    let seat = "/zones/0/rows/0/seats/0";
    let errors: [(Harm, &str); 4] = [
        (
            |p| p["zones"][0]["rows"][1]["seats"][0]["seat_guid"] = "A-1".into(),
            "duplicate seat_guid \"A-1\": another seat has it; this one became \"A-1~2\"",
        ),
        (|p| p["zones"][0]["rows"][1]["seats"][0]["seat_guid"] = "".into(), "1 seat has no seat_guid"),
        (
            |p| p["zones"][0]["rows"][1]["seats"][0]["category"] = "Gold".into(),
            "1 seat is in category \"Gold\", which the plan does not list",
        ),
        (|p| p["categories"] = json!([{ "name": "Seats" }, { "name": "Seats" }]), "two categories are named \"Seats\""),
    ];
    for (harm, words) in errors {
        let mut plan = plan();
        harm(&mut plan);
        let report = report(&plan);
        assert!(said(&report.errors, words), "{words}: {report:?}");
    }
    let warnings: [(Harm, &str); 8] = [
        (
            |p| p["zones"][0]["rows"][0]["seats"][0]["label"] = "x".into(),
            "a seat has the unknown field \"label\" (1 time)",
        ),
        (
            |p| p["zones"][0]["rows"][0]["seats"][0]["seat_guid"] = "row A: 1".into(),
            "seat_guid \"row A: 1\" is not an id here: \"row-A-1\" instead",
        ),
        (
            |p| p["categories"] = json!([{ "name": "Seats" }, { "name": "Not available" }]),
            "category \"Not available\" sounds as if its 0 seats are not for sale",
        ),
        (
            |p| p["zones"][0]["rows"][0]["seats"][0]["seat_number"] = "A1".into(),
            "1 seat number repeats the row's label",
        ),
        (|p| p["size"]["width"] = 60.into(), "2 seats lie outside of the page, which is 60 x 100 units"),
        (
            |p| p["zones"][0]["rows"][0]["seats"][1]["seat_number"] = "9".into(),
            "in 1 of 2 rows the numbers neither rise nor fall",
        ),
        (
            |p| p["zones"][0]["areas"] = json!([{ "shape": "text", "position": { "x": 50, "y": 90 }, "text": { "text": "L E I N W A N D", "position": { "x": 0, "y": 0 } } }]),
            "at the bottom, because the drawing \"L E I N W A N D\" stands there",
        ),
        (
            |p| p["zones"][0]["areas"] = json!([{ "shape": "rectangle", "position": { "x": 110, "y": 0 }, "rectangle": { "width": 5, "height": 25 } }]),
            "at the right, because the widest drawing beside the seats is there",
        ),
    ];
    for (harm, words) in warnings {
        let mut plan = plan();
        harm(&mut plan);
        let report = report(&plan);
        assert!(said(&report.warnings, words), "{words}: {report:?}");
    }
    assert!(plan().pointer(seat).is_some());
}

#[test]
fn seats_of_a_category_that_sounds_accessible_are_wheelchair_spaces() {
    for name in ["Wheelchair", "Rollstuhl (Rolli)", "♿", "Accessible seating"] {
        let mut plan = plan();
        plan["categories"] = json!([{ "name": "Seats" }, { "name": name }]);
        plan["zones"][0]["rows"][1]["seats"][0]["category"] = name.into();
        let Imported { chart, report } = lenient(&plan.to_string()).expect("a plan");
        assert_eq!(chart.seats[3].kind, SeatKind::Wheelchair, "{name}");
        assert!(said(&report.warnings, "its 1 seat was taken for wheelchair spaces"), "{report:?}");
    }
}

#[test]
fn what_pretix_refuses_is_an_error_when_read_strictly() {
    let mut plan = plan();
    plan["zones"][0]["rows"][0]["segment_breaks"] = json!([3]);
    plan.as_object_mut().expect("a plan").remove("size");
    let strict = read(&plan.to_string(), &Options { strict: true, ..Options::default() }).expect("a report").report;
    assert!(said(&strict.errors, "a row has the unknown field \"segment_breaks\" (1 time)"), "{strict:?}");
    assert!(said(&strict.errors, "the plan has no field \"size\""), "{strict:?}");
    assert_eq!(report(&plan).errors, Vec::<String>::new());
}

#[test]
fn places_that_may_not_be_sold_are_blocked_in_a_vista_layout() {
    let seat = |column: i32, status: Value| json!({ "Id": column.to_string(), "Status": status, "Position": { "AreaNumber": 1, "RowIndex": 0, "ColumnIndex": column } });
    let statuses = [json!(0), json!(1), json!(3), json!(5), json!(7), json!(99), json!(null)];
    let seats: Vec<Value> = (0..).zip(statuses).map(|(column, status)| seat(column, status)).collect();
    let layout = json!({ "Areas": [{ "Number": 1, "Description": "Main", "AreaCategoryCode": "1", "Rows": [
        { "PhysicalName": "A", "Seats": seats }, { "PhysicalName": null, "Seats": [] },
    ] }] });
    let Imported { chart, report } = lenient(&layout.to_string()).expect("a layout");
    use SeatKind::{Blocked, Seat, Wheelchair};
    let kinds: Vec<SeatKind> = chart.seats.iter().map(|seat| seat.kind).collect();
    assert_eq!(kinds, [Seat, Seat, Wheelchair, Blocked, Blocked, Blocked, Blocked]);
    assert!(said(&report.warnings, "1 place with status 99: drawn, but never sold"), "{report:?}");
    let mirrored: Vec<String> = chart.mirrored().seats.iter().map(|seat| seat.label.to_string()).collect();
    assert_eq!(mirrored, ["6", "5", "4", "3", "2", "1", "0"]);
}

#[test]
fn a_hostile_plan_ends_in_one_clear_sentence() {
    let text = plan().to_string();
    let many_rows = format!(
        r#"{{"name":"x","categories":[],"zones":[{{"rows":[{}]}}]}}"#,
        vec![r#"{"seats":[]}"#; 300_000].join(",")
    );
    let cases = [
        (text.replace("\"x\":25", "\"x\":\"NaN\""), "seats[0].position.x: invalid type: string \"NaN\""),
        (text.replace("\"x\":25", "\"x\":null"), "seats[0].position.x: invalid type: null"),
        (text.replace("\"x\":25", "\"x\":1e999"), "number out of range"),
        (text.replace("\"x\":25", "\"x\":1e308"), "seat pitches away from another seat"),
        (text.replace("\"zones\":[", "\"zones\":[["), "expected"),
        (json!({ "zones": [] }).to_string(), "the plan has no seats"),
        ("[]".to_owned(), "it is a list; a plan in JSON is one object"),
        (many_rows, "300000 rows; at most 250000"),
        (format!("{{\"zones\":{}", "[".repeat(1 << 20)), "not JSON that can be read"),
        ("{\"a\":".repeat(1 << 18), "not JSON that can be read"),
        (r#"{"ResponseData":{"ResponseData":{}}}"#.to_owned(), "there are no Areas"),
        ("{\"ResponseData\":".repeat(1 << 16), "not JSON that can be read"),
        (r#"{"Areas":[{"Rows":[{"Seats":[{"Position":{"RowIndex":0,"ColumnIndex":1e30}}]}]}]}"#.to_owned(), "Areas[0].Rows[0].Seats[0].Position.ColumnIndex"),
        (r#"{"Areas":[{"Rows":[{"Seats":[{"Position":{"RowIndex":0,"ColumnIndex":9000000000000000000}},{"Position":{"RowIndex":0,"ColumnIndex":0}}]}]}]}"#.to_owned(), "seat pitches away"),
    ];
    for (text, words) in cases {
        let why = lenient(&text).expect_err(words).0;
        assert!(why.contains(words), "{why:?} does not say {words:?}");
        assert!(!why.contains('\n') && why.len() < 700, "{why:?} is not one sentence");
    }
}

#[test]
fn every_hall_of_the_demo_cinema_is_the_same_after_pretix() {
    for chart in halls::all() {
        let first = export(&chart);
        let again = lenient(&first.json).expect("a plan");
        assert_eq!(again.report, Report::default(), "{}", chart.name);
        assert_eq!(export(&again.chart).json, first.json, "{}", chart.name);
        assert_eq!(first.left_out.is_empty(), !chart.indices().any(|ix| chart.is_standing(ix)));
        if first.left_out.is_empty() {
            assert_eq!(json::hash(&again.chart), json::hash(&chart), "{}", chart.name);
        }
    }
}

/// Replaces one value somewhere in a document.
fn harmed(value: &mut Value, way: &mut impl Iterator<Item = usize>, with: &Value) {
    let step = way.next().unwrap_or(0);
    let inner = match value {
        Value::Array(items) if !items.is_empty() => {
            let at = step % items.len();
            items.get_mut(at)
        }
        Value::Object(fields) if !fields.is_empty() => {
            let at = step % fields.len();
            fields.values_mut().nth(at)
        }
        _ => None,
    };
    match (inner, step % 7 == 6) {
        (Some(inner), false) => harmed(inner, way, with),
        _ => *value = with.clone(),
    }
}

proptest! {
    #[test]
    fn no_mutated_plan_makes_the_readers_panic(
        ways in proptest::collection::vec((proptest::collection::vec(0usize..70, 8), 0usize..12), 1..5),
        vista: bool,
    ) {
        let odd = [
            json!(null), json!(-1e12), json!(1e300), json!(""), json!("\u{202e}\u{0}x"), json!([]), json!({}), json!(true),
            json!([[[]]]), json!(0), json!("A-1"), json!(i64::MIN),
        ];
        let mut document = if vista {
            json!({ "Areas": [{ "Number": 1, "Left": 0, "Width": 9, "ColumnCount": 3, "Rows": [{ "PhysicalName": "A", "Seats": [
                { "Id": "1", "Status": 0, "Position": { "RowIndex": 0, "ColumnIndex": 0 }, "SeatsInGroup": [
                    { "RowIndex": 0, "ColumnIndex": 0 }, { "RowIndex": 0, "ColumnIndex": 1 }] },
                { "Id": "2", "Status": 0, "Position": { "RowIndex": 0, "ColumnIndex": 1 } },
            ] }] }] })
        } else {
            plan()
        };
        for (way, with) in ways {
            harmed(&mut document, &mut way.into_iter(), &odd[with]);
        }
        if let Ok(Imported { chart, .. }) = lenient(&document.to_string()) {
            let again = lenient(&export(&chart).json).expect("what is written can be read");
            prop_assert_eq!(json::hash(&again.chart), json::hash(&chart));
        }
    }

    #[test]
    fn a_plan_with_seats_anywhere_keeps_all_of_them_and_is_stable(
        places in proptest::collection::vec((0usize..3, 0usize..3, -2_000.0f64..2_000.0, -300.0f64..300.0), 1..60),
        side in proptest::sample::select(vec![None, Some(Side::Top), Some(Side::Bottom), Some(Side::Left), Some(Side::Right)]),
    ) {
        let mut plan = plan();
        plan["zones"] = (0..3).map(|zone| {
            let rows: Vec<Value> = (0..3).map(|row| {
                let seats = places.iter().enumerate().filter(|(_, place)| (place.0, place.1) == (zone, row));
                let seats: Vec<Value> = seats.map(|(at, place)| json!({
                    "seat_guid": format!("seat-{at}"), "seat_number": at.to_string(), "category": "Seats",
                    "position": { "x": place.2, "y": place.3 },
                })).collect();
                let label = ["", "1", "2"][row];
                json!({ "row_number": label, "seats": seats })
            }).collect();
            json!({ "name": zone.to_string(), "position": { "x": 0, "y": 0 }, "rows": rows })
        }).collect();
        let options = Options { screen: side, ..Options::default() };
        // A pitch that is measured too small puts seats too far away, which is refused.
        if let Ok(Imported { chart, .. }) = read(&plan.to_string(), &options) {
            prop_assert_eq!(chart.seats.len(), places.len());
            prop_assert_eq!(Geometry::of(&chart).runs().map(<[_]>::len).sum::<usize>(), places.len());
            let again = lenient(&export(&chart).json).expect("what is written can be read").chart;
            prop_assert_eq!(json::hash(&again), json::hash(&chart));
            prop_assert_eq!(json::print(&json::parse(&json::print(&chart)).expect("canonical JSON")), json::print(&chart));
        }
    }
}
