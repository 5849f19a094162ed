use super::{brute, picture::Picture, *};
use crate::domain::{
    chart::{Chart, geometry::Geometry, halls},
    seating::{
        best::Costs,
        spec::{self, Names},
    },
};
use proptest::prelude::*;
use std::cell::RefCell;

const MODES: [OrphanMode; 4] = [OrphanMode::Strict, OrphanMode::Lenient, OrphanMode::Advise, OrphanMode::Off];

/// The verdict on places of the first row, and the places that stay alone.
fn judged(rows: &[&str], pick: &[usize], mode: OrphanMode) -> (Verdict, Vec<usize>, Vec<Vec<usize>>) {
    let picture = Picture::of(rows).expect("a picture");
    let chosen = picture.free_seats(0, pick).expect("free seats");
    let found = judge_within(picture.hall(), &|seat| picture.is_open(seat), &chosen, mode, Reach::Rows);
    let places = |seats: &Vec<SeatIx>| seats.iter().map(|&seat| picture.place(seat)).collect::<Vec<_>>();
    (found.verdict, places(&found.orphans), found.suggest.iter().map(places).collect())
}

fn verdict(rows: &[&str], pick: &[usize], mode: OrphanMode) -> (Verdict, Vec<usize>) {
    let (verdict, orphans, _) = judged(rows, pick, mode);
    (verdict, orphans)
}

#[test]
fn the_samples_of_the_rule_come_out_as_written() {
    use OrphanMode::{Lenient, Strict};
    use Verdict::{Ok, Reject, Unavoidable};
    type Case = (&'static [&'static str], &'static [usize], OrphanMode, Verdict, &'static [usize]);
    const TEN: &str = "..........";
    let cases: [Case; 14] = [
        (&[TEN], &[1, 2], Lenient, Reject, &[0]),
        (&[TEN], &[1, 2], Strict, Reject, &[0]),
        (&[TEN], &[4, 5], Lenient, Ok, &[]),
        (&[TEN], &[4, 5], Strict, Ok, &[]),
        (&["..."], &[0, 1], Lenient, Unavoidable, &[2]),
        (&["..."], &[0, 1], Strict, Unavoidable, &[2]),
        (&["...", "...."], &[0, 1], Strict, Reject, &[2]),
        (&["...", "...."], &[0, 1], Lenient, Unavoidable, &[2]),
        (&[".#."], &[0], Lenient, Ok, &[]),
        (&[".#."], &[0], Strict, Ok, &[]),
        (&["..#.."], &[0], Strict, Unavoidable, &[1]),
        (&[TEN], &[0, 1, 2, 3, 4, 5, 6, 7, 8], Lenient, Unavoidable, &[9]),
        (&[".....#...."], &[0, 2], Lenient, Reject, &[1]),
        (&[".....#...."], &[0, 2], Strict, Reject, &[1]),
    ];
    for (rows, pick, mode, expected, orphans) in cases {
        assert_eq!(verdict(rows, pick, mode), (expected, orphans.to_vec()), "{rows:?} {pick:?} {mode:?}");
    }
}

#[test]
fn staff_are_told_and_nobody_is_told_where_the_rule_is_off() {
    assert_eq!(verdict(&["...."], &[1], OrphanMode::Advise), (Verdict::Warn, vec![0]));
    assert_eq!(verdict(&["..."], &[0, 1], OrphanMode::Advise), (Verdict::Warn, vec![2]));
    assert_eq!(judged(&["...."], &[1], OrphanMode::Off), (Verdict::Ok, vec![], vec![]));
}

#[test]
fn aisles_and_wheelchair_spaces_end_a_run() {
    assert_eq!(verdict(&[".. .."], &[1], OrphanMode::Lenient), (Verdict::Unavoidable, vec![0]));
    assert_eq!(verdict(&["...w"], &[1], OrphanMode::Lenient), (Verdict::Reject, vec![0, 2]));
    assert_eq!(verdict(&[". . . ."], &[2], OrphanMode::Strict), (Verdict::Ok, vec![]));
    assert_eq!(verdict(&["w.w"], &[1], OrphanMode::Strict), (Verdict::Ok, vec![]));
}

#[test]
fn each_run_is_judged_by_itself_and_the_gravest_verdict_counts() {
    assert_eq!(verdict(&[".. ...."], &[0, 4], OrphanMode::Lenient), (Verdict::Reject, vec![1, 3]));
    assert_eq!(verdict(&[".. .."], &[0, 3], OrphanMode::Lenient), (Verdict::Unavoidable, vec![1, 4]));
    assert_eq!(verdict(&[".. ...."], &[0, 3, 4], OrphanMode::Lenient), (Verdict::Unavoidable, vec![1]));
}

#[test]
fn suggestions_are_the_nearest_first_and_the_left_one_of_two() {
    let (_, _, suggest) = judged(&[".........."], &[1, 2], OrphanMode::Lenient);
    assert_eq!(suggest, [vec![0, 1], vec![2, 3], vec![3, 4]]);
    let (_, _, suggest) = judged(&[".........."], &[0, 1, 8], OrphanMode::Lenient);
    assert_eq!(suggest[..2], [vec![0, 1, 7], vec![0, 1, 9]]);
    let (_, _, suggest) = judged(&[".. ....."], &[0, 3], OrphanMode::Strict);
    assert_eq!(suggest, [vec![0, 1], vec![3, 4], vec![6, 7]]);
    let (_, _, suggest) = judged(&["..."], &[0, 1], OrphanMode::Lenient);
    assert!(suggest.is_empty(), "what cannot be helped needs no suggestion");
}

#[test]
fn suggestions_reach_as_far_as_they_are_allowed_to() {
    let picture = Picture::of(&["...", "....", "......"]).unwrap();
    let chosen = picture.free_seats(0, &[0, 1]).unwrap();
    let open = |seat: SeatIx| picture.is_open(seat);
    let suggest = |reach| judge_within(picture.hall(), &open, &chosen, OrphanMode::Strict, reach).suggest;
    assert!(suggest(Reach::Runs).is_empty());
    assert!(suggest(Reach::Rows).is_empty());
    let near = suggest(Reach::Level);
    assert_eq!(near[0], picture.free_seats(1, &[0, 1]).unwrap(), "straight behind");
    assert!(near.len() <= 3 && near.iter().all(|s| s.len() == 2));
}

#[test]
fn only_the_seats_of_touched_runs_are_asked_for() {
    let picture = Picture::of(&[".... ....", "........."]).unwrap();
    let chosen = picture.free_seats(0, &[1]).unwrap();
    let asked = RefCell::new(Vec::new());
    let open = |seat: SeatIx| {
        asked.borrow_mut().push(seat);
        true
    };
    let touched = touched_seats(picture.hall(), &chosen);
    assert_eq!(touched, (0..4).map(SeatIx).collect::<Vec<_>>());
    for mode in [OrphanMode::Lenient, OrphanMode::Advise] {
        assert!(!judge(picture.hall(), &open, &chosen, mode).suggest.is_empty());
    }
    applies(picture.hall(), &open, &chosen, Sale { minutes_to_start: 60, sold: 0, places: 17 });
    assert!(!asked.borrow().is_empty() && asked.borrow().iter().all(|seat| touched.contains(seat)));
}

#[test]
fn the_rule_rests_shortly_before_a_show_in_a_full_house_and_for_parties_that_no_run_can_seat() {
    let picture = Picture::of(&["....", ".... ...."]).unwrap();
    let open = |seat: SeatIx| picture.is_open(seat);
    let calm = Sale { minutes_to_start: 30, sold: 89, places: 100 };
    let in_force = |row: usize, pick: &[usize], sale| {
        applies(picture.hall(), &open, &picture.free_seats(row, pick).unwrap(), sale)
    };
    assert!(in_force(0, &[0, 1, 2, 3], calm));
    assert!(!in_force(0, &[0], Sale { minutes_to_start: 29, ..calm }));
    assert!(!in_force(0, &[0], Sale { minutes_to_start: -5, ..calm }));
    assert!(!in_force(0, &[0], Sale { sold: 90, ..calm }));
    assert!(in_force(1, &[1, 6, 7], calm), "three find room in a run of four");
    assert!(!in_force(1, &[0, 1, 2, 6, 7], calm), "five do not");
}

/// A real hall, in which all seats but those named are free.
struct Stage {
    chart: Chart,
    geometry: Geometry,
    sold: Vec<SeatIx>,
}

impl Stage {
    fn drawn(picture: &str, sold: &str) -> Self {
        let chart = halls::drawn(picture);
        let geometry = Geometry::of(&chart);
        let sold = if sold.is_empty() { Vec::new() } else { spec::parse(&chart, &geometry, sold).unwrap() };
        Self { chart, geometry, sold }
    }

    fn judge(&self, pick: &str) -> (Judgement, Option<Words>) {
        let chosen = spec::parse(&self.chart, &self.geometry, pick).unwrap();
        let costs = Costs::of(&self.chart, &self.geometry);
        let hall = Hall { chart: &self.chart, geometry: &self.geometry, costs: &costs };
        let open = |seat: SeatIx| !self.sold.contains(&seat);
        let found = judge_within(hall, &open, &chosen, OrphanMode::Lenient, Reach::Level);
        let names = Names::of(&self.chart);
        let words = words(hall, &chosen, &found, &|seats| names.labels(&self.chart, &self.geometry, seats));
        (found, words)
    }

    fn words(&self, pick: &str) -> (String, Vec<String>) {
        let words = self.judge(pick).1.expect("something to say");
        (words.reason, words.fixes)
    }
}

#[test]
fn the_reason_and_the_fix_are_said_in_words() {
    let hall = Stage::drawn("F sssssssss_sssss", "");
    let (reason, fixes) = hall.words("F7-F8");
    assert_eq!(reason, "F9 would stay free alone between F8 and the aisle");
    assert_eq!(fixes, ["Shift one seat left: F6, F7", "Shift one seat right: F8, F9", "Shift 2 seats left: F5, F6"]);
    let (reason, _) = hall.words("F11, F12");
    assert_eq!(reason, "F10 would stay free alone between the aisle and F11");
    let (reason, _) = hall.words("F2-F3");
    assert_eq!(reason, "F1 would stay free alone between the end of the row and F2");
    let (reason, fixes) = hall.words("F2, F4");
    assert_eq!(reason, "F1 would stay free alone between the end of the row and F2, and F3 between F2 and F4",);
    assert!(fixes.iter().all(|fix| fix.contains("F")), "{fixes:?}");
    assert!(hall.judge("F4-F5").1.is_none());
    let (_, fixes) = hall.words("F1-F2 F8");
    assert_eq!(fixes[..2], ["Shift F8 one seat left: F7", "Shift F8 one seat right: F9"]);
}

#[test]
fn many_seats_left_alone_are_counted() {
    let hall = Stage::drawn("A sssssssssss", "");
    let (reason, _) = hall.words("A2 A4 A6 A8 A10");
    let start =
        "A1 would stay free alone between the end of the row and A2, A3 between A2 and A4, A5 between A4 and A6";
    assert_eq!(reason, format!("{start}, and 3 seats more"));
}

#[test]
fn a_couch_is_one_unit_and_seats_two_so_that_it_is_never_left_alone() {
    let couches = Stage::drawn("A [][][]", "");
    for pick in ["A1-A2", "A3-A4", "A3", "A6"] {
        assert_eq!(couches.judge(pick).0.verdict, Verdict::Ok, "{pick}");
    }
    let mixed = Stage::drawn("A s[]s", "");
    assert_eq!(mixed.judge("A1").0.verdict, Verdict::Ok, "what stays is a couch and a seat");
    let (found, _) = mixed.judge("A2-A3");
    assert_eq!((found.verdict, found.orphans), (Verdict::Unavoidable, vec![SeatIx(0), SeatIx(3)]));
    let (found, _) = Stage::drawn("A s[]ss", "").judge("A2-A3");
    assert_eq!(found.verdict, Verdict::Reject, "A4-A5 leave none alone");
    assert_eq!(found.suggest, [vec![SeatIx(3), SeatIx(4)]]);
    assert_eq!(Stage::drawn("A []ss", "A1").judge("A3").0.orphans, [SeatIx(3)], "half a couch is a wall");
}

#[test]
fn a_seat_of_a_hold_that_is_a_wall_touches_nothing_and_stays_in_suggestions() {
    let hall = Stage::drawn("A wssss", "");
    let chosen = [SeatIx(0), SeatIx(2)];
    let costs = Costs::of(&hall.chart, &hall.geometry);
    let picture = Hall { chart: &hall.chart, geometry: &hall.geometry, costs: &costs };
    let found = judge(picture, &|seat| seat != SeatIx(0), &chosen, OrphanMode::Lenient);
    assert_eq!((found.verdict, found.orphans), (Verdict::Reject, vec![SeatIx(1)]));
    assert_eq!(found.suggest[0], [SeatIx(0), SeatIx(1)]);
}

/// All that must be true of a judgement of these rows, compared with brute force.
fn check(rows: &[String], row: usize, pick: &[usize]) -> Result<(), TestCaseError> {
    let picture = Picture::of(rows).unwrap();
    let chars: Vec<Vec<char>> = rows.iter().map(|row| row.chars().collect()).collect();
    let chosen = picture.free_seats(row, pick).unwrap();
    let open = |seat: SeatIx| picture.is_open(seat);
    let places = |seats: &[SeatIx]| seats.iter().map(|&seat| picture.place(seat)).collect::<Vec<_>>();
    for mode in MODES {
        let found = judge_within(picture.hall(), &open, &chosen, mode, Reach::Rows);
        let expected = brute::judge(&chars, row, pick, mode);
        prop_assert_eq!((found.verdict, places(&found.orphans)), expected, "{:?} {:?} {:?}", rows, pick, mode);
        prop_assert_eq!(found.verdict, judge(picture.hall(), &open, &chosen, mode).verdict);
        let wanted = matches!(found.verdict, Verdict::Reject | Verdict::Warn);
        let most = if wanted { 3 } else { 0 };
        prop_assert!(found.suggest.len() <= most);
        let one_run = touched_stretches(picture.hall(), &open, &chosen).len() == 1;
        prop_assert!(
            !(mode == OrphanMode::Lenient && found.verdict == Verdict::Reject && one_run && found.suggest.is_empty())
        );
        let beyond = judge_within(picture.hall(), &open, &chosen, mode, Reach::Level).suggest;
        for instead in found.suggest.iter().chain(&beyond) {
            prop_assert_eq!(instead.len(), chosen.len());
            prop_assert!(instead.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(instead.iter().all(|&seat| picture.is_open(seat)));
            let rows_used: Vec<u32> = instead.iter().map(|&seat| picture.hall().chart.seat(seat).row).collect();
            prop_assert!(rows_used.windows(2).all(|pair| pair[0] == pair[1]));
            prop_assert!(brute::orphans(&chars[rows_used[0] as usize], &places(instead)).is_empty());
        }
    }
    Ok(())
}

#[test]
fn the_verdict_is_that_of_brute_force_on_every_short_row() {
    for length in 1..=6u32 {
        for code in 0..3usize.pow(length) {
            let sign = |at: u32| ['.', '#', ' '][code / 3usize.pow(at) % 3];
            let row: String = (0..length).map(sign).collect();
            for picked in 1..1usize << length {
                let pick: Vec<usize> = (0..length as usize).filter(|at| picked >> at & 1 == 1).collect();
                if pick.iter().all(|&at| row.as_bytes()[at] == b'.') {
                    check(std::slice::from_ref(&row), 0, &pick).unwrap();
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn the_verdict_is_that_of_brute_force(
        rows in proptest::collection::vec("[.]{0,6}[.#w ]{1,8}[.]{0,4}", 1..4),
        row: prop::sample::Index,
        picked in proptest::collection::vec(any::<prop::sample::Index>(), 1..6),
    ) {
        let row = row.index(rows.len());
        let free: Vec<usize> = (0..rows[row].len()).filter(|&at| rows[row].as_bytes()[at] == b'.').collect();
        prop_assume!(!free.is_empty());
        let mut pick: Vec<usize> = picked.iter().map(|index| free[index.index(free.len())]).collect();
        pick.sort_unstable();
        pick.dedup();
        check(&rows, row, &pick)?;
    }
}
