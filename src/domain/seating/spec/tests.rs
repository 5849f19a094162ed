use super::*;
use crate::domain::chart::{Row, Seat, Section, halls};
use proptest::prelude::*;

fn read(chart: &Chart, text: &str) -> Result<String, String> {
    let seats = parse(chart, &Geometry::of(chart), text).map_err(|e| e.0)?;
    Ok(seats.iter().map(|&s| chart.seat(s).id.as_str()).collect::<Vec<_>>().join(" "))
}

fn means(chart: &Chart, text: &str, ids: &str) {
    assert_eq!(read(chart, text), Ok(ids.to_owned()), "{text:?}");
}

fn refused(chart: &Chart, text: &str, why: &str) {
    let said = read(chart, text).expect_err("a refusal");
    assert!(said.contains(why), "{text:?}: {said:?} does not say {why:?}");
    assert!(!said.contains('\n') && said.len() < 400, "{said:?} is not one sentence");
}

#[test]
fn seats_are_read_in_every_way_they_are_written() {
    let chart = halls::hall(halls::HALL_1);
    means(&chart, "F7", "main/F/7");
    means(&chart, " f7 , f8 F7", "main/F/7 main/F/8");
    means(&chart, "F7-F10", "main/F/7 main/F/8 main/F/9 main/F/10");
    means(&chart, "F7-9", "main/F/7 main/F/8 main/F/9");
    means(&chart, "F9 – 7", "main/F/9 main/F/8 main/F/7");
    means(&chart, "main:F7", "main/F/7");
    means(&chart, "Stalls: f7-f8", "main/F/7 main/F/8");
    means(&chart, "F.7-8", "main/F/7 main/F/8");
    means(&chart, "main/F/7", "main/F/7");
    means(&chart, "F7-F8,G3", "main/F/7 main/F/8 main/G/3");
}

#[test]
fn rows_that_are_numbers_are_written_with_a_dot() {
    let chart = halls::drawn("1 sss\n12 sssssss");
    means(&chart, "12.5-7", "main/12/5 main/12/6 main/12/7");
    means(&chart, "1.3, 12.2-12.1", "main/1/3 main/12/2 main/12/1");
    refused(&chart, "125", "\"125\" has no row; write F7, or 12.5 for row 12 seat 5");
    assert_eq!(label(&chart, SeatIx(5)), "12.3");
}

#[test]
fn ranges_walk_the_row_and_not_the_numbers() {
    let toml =
        halls::STUDIO.replace("category = \"std\"\npicture", "category = \"std\"\nnumbering = \"odd-even\"\npicture");
    let chart = halls::hall(&toml);
    means(&chart, "B5-B2", "main/B/5 main/B/3 main/B/1 main/B/2");
    let geometry = Geometry::of(&chart);
    let seats = parse(&chart, &geometry, "B7-B8").expect("a row");
    assert_eq!(seats.len(), 8);
    assert_eq!(labels(&chart, &geometry, &seats), "B7-B1, B2-B8");
}

#[test]
fn labels_that_several_sections_have_need_their_section() {
    let chart = halls::hall(halls::GRAND);
    means(&chart, "balcony:B3", "balcony/B/3");
    means(&chart, "BALCONY: b3-b4 D1", "balcony/B/3 balcony/B/4 stalls/D/1");
    refused(&chart, "B3", "\"B3\" is 2 seats; write stalls:B3 or balcony:B3");
    refused(&chart, "balcony:Q1", "no row \"Q\"; rows are A to C");
    refused(&chart, "Q1", "no row \"Q\"; rows are A to H, J to N (Stalls), A to C (Balcony)");
    refused(&chart, "roof:A1", "no section \"roof\"; sections are stalls, balcony");
    let geometry = Geometry::of(&chart);
    let seats = parse(&chart, &geometry, "D3 balcony:B8-B10 D1-D2 D8").expect("seats");
    assert_eq!(labels(&chart, &geometry, &seats), "D1-D3, D8, balcony:B8-B10");
    assert_eq!(labels(&chart, &geometry, &[]), "");
}

#[test]
fn what_means_no_seat_is_refused_with_what_exists() {
    let chart = halls::hall(halls::HALL_1);
    let cases = [
        ("", "no seat is named; write F7"),
        (" , ,", "no seat is named"),
        ("Q99", "no row \"Q\"; rows are A to H, J, W"),
        ("F40", "row F has no seat 40; it has 1 to 20"),
        ("F7-F40", "row F has no seat 40; it has 1 to 20"),
        ("F7-G9", "\"F7-G9\" goes over two rows; a range stays in one"),
        ("F", "\"F\" is a row; write a seat of it, such as F1"),
        ("hello", "no seat \"hello\""),
        ("main/Z/99", "no seat \"main/Z/99\""),
        ("-", "\"-\" has no beginning"),
        ("F7-", "\"F7-\" has no end; write F7-F10"),
        ("F20-", "\"F20-\" has no end; write F17-F20"),
        ("Q7-", "no row \"Q\""),
        ("F-7", "\"F-7\" names a row without a seat before the dash; write F7 for one seat, F1-F7 for several"),
        ("F7--8", "no row \"-\"; rows are A to H"),
        (".", "no row \"\""),
        ("F.", "row F has no seat"),
        (":F7", "no section \"\"; sections are main"),
        ("7F", "\"7F\" has no row"),
        ("\u{1b}[31mF7", "no row"),
    ];
    for (text, why) in cases {
        refused(&chart, text, why);
    }
    refused(&chart, &"F7 ".repeat(2_000), "6000 bytes of text; at most 4096 are read");
}

#[test]
fn a_list_in_which_each_seat_counts_names_none_twice() {
    let chart = halls::hall(halls::HALL_1);
    let once = |text: &str| parse_once(&chart, &Geometry::of(&chart), text).map(|seats| seats.len());
    assert_eq!(once("E1 E2-E3"), Ok(3));
    for text in ["E1 E1", "E1-E3 e2"] {
        let why = once(text).expect_err("a refusal").0;
        assert!(why.ends_with("is named twice; name each seat once"), "{why}");
    }
}

#[test]
fn every_seat_of_every_hall_is_read_back_from_its_label() {
    for chart in halls::all() {
        let geometry = Geometry::of(&chart);
        for seat in chart.indices() {
            let label = label(&chart, seat);
            assert_eq!(parse(&chart, &geometry, &label), Ok(vec![seat]), "{label}");
        }
    }
}

proptest! {
    #[test]
    fn labels_of_any_choice_mean_that_choice(picked in proptest::collection::vec(0u32..440, 1..30)) {
        let chart = halls::hall(halls::GRAND);
        let geometry = Geometry::of(&chart);
        let mut seats: Vec<SeatIx> = picked.into_iter().map(SeatIx).collect();
        let text = labels(&chart, &geometry, &seats);
        seats.sort_unstable();
        seats.dedup();
        prop_assert_eq!(parse(&chart, &geometry, &text), Ok(seats));
    }

    #[test]
    fn no_text_makes_it_panic(text: String, typed in "[A-Ha-h0-9:./ ,–-]{0,20}") {
        for chart in halls::all() {
            let geometry = Geometry::of(&chart);
            let _ = parse(&chart, &geometry, &text);
            let _ = parse(&chart, &geometry, &typed);
        }
    }
}

#[test]
fn an_id_that_a_plan_brought_along_is_read_where_it_is_no_label() {
    let mut chart = halls::drawn("A sss");
    chart.seats[1].id = crate::domain::ids::SeatId::new("Q-22");
    means(&chart, "Q-22 A3", "Q-22 main/A/3");
    chart.rows[0].label = "".into();
    means(&chart, &label(&chart, SeatIx(1)), "Q-22");
    refused(&chart, "Q-23", "no seat \"Q\"");
}

#[test]
fn taken_seats_are_refused_by_name() {
    let chart = halls::hall(halls::HALL_1);
    let geometry = Geometry::of(&chart);
    let seats = parse(&chart, &geometry, "F7-F12").expect("seats");
    let states = [SeatState::Free, SeatState::Sold, SeatState::Held, SeatState::Held, SeatState::Held, SeatState::Free];
    let state = |seat: SeatIx| seats.iter().position(|&s| s == seat).map_or(SeatState::Blocked, |at| states[at]);
    let names = |seats: &[SeatIx]| labels(&chart, &geometry, seats);
    let said = all_free(&seats, &state, &names).expect_err("taken seats").0;
    assert_eq!(said, "F8 is sold; F9-F11 are held by someone else");
    assert_eq!(all_free(&seats[..1], &state, &names), Ok(()));
    let other = parse(&chart, &geometry, "G1 G2").expect("seats");
    assert_eq!(all_free(&other, &state, &names).expect_err("blocked").0, "G1, G2 are not for sale");
}

/// 25 sections of 40 rows of 100 seats, all labelled alike.
fn stadium() -> Chart {
    let mut chart = halls::drawn("1 s");
    let (section, seat) = (chart.sections[0].clone(), chart.seats[0].clone());
    (chart.sections, chart.rows, chart.seats) = (Vec::new(), Vec::new(), Vec::new());
    for s in 0..25u16 {
        chart.sections.push(Section {
            id: format!("s{s}"),
            name: format!("Sector {s}").as_str().into(),
            ..section.clone()
        });
        for r in 0..40u32 {
            let first = chart.seats.len() as u32;
            let label: text::Text = (r + 1).to_string().as_str().into();
            for n in 0..100u32 {
                let id = crate::domain::ids::SeatId::new(format!("s{s}/{}/{}", r + 1, n + 1));
                let number = (n + 1).to_string().as_str().into();
                let (x, y) = (f64::from(n) + 200.0 * f64::from(s), f64::from(r));
                chart.seats.push(Seat { id, label: number, row: chart.rows.len() as u32, x, y, ..seat.clone() });
            }
            chart.rows.push(Row { label, section: s, seats: first..first + 100 });
        }
    }
    chart
}

#[test]
fn many_labels_of_a_stadium_cost_no_more_than_one_look_at_each_seat() {
    let chart = stadium();
    let geometry = Geometry::of(&chart);
    let names = Names::of(&chart);
    let all: Vec<String> = chart.indices().map(|seat| names.label(&chart, seat)).collect();
    assert_eq!((all.len(), all[0].as_str()), (100_000, "s0:1.1"));
    let some: Vec<&str> = all.iter().step_by(701).map(String::as_str).collect();
    let read = parse(&chart, &geometry, &some.join(" ")).expect("seats");
    assert!(read.iter().map(|seat| seat.get()).eq((0..100_000).step_by(701)));
    let ids: Vec<&str> = chart.seats.iter().step_by(701).map(|seat| seat.id.as_str()).collect();
    assert_eq!(parse(&chart, &geometry, &ids.join(" ")), Ok(read));
}
