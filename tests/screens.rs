//! What a person sees: the real screens, reached by keys, at the sizes that people have. The snapshots hold the
//! characters and the styles; `cargo insta` or `INSTA_UPDATE=always` renews them after a look at the change.

#[path = "screens/admin.rs"]
mod admin;
mod common;

use common::{
    sample::{code, every_way},
    stage::Stage,
    styled::styled,
};
use frontrow::{
    domain::{
        booking::{BookingStatus, SeatTrouble, Trouble},
        cinema::Abilities,
        failure::*,
        ids::{BookingCode, SeatId},
        movie::{Recommendation, Trailer},
        picture::PictureWay,
        sign_in::CodeFrom,
    },
    export::svg,
    store::{
        action::SessionAction,
        effect::{Effect, Intent},
    },
};
use std::{fs, path::PathBuf};

fn snap(name: &str, stage: &mut Stage) {
    let (buffer, frame) = stage.draw();
    let cursor = frame.cursor.map_or_else(|| "none".to_owned(), |c| format!("{},{}", c.x, c.y));
    let text = format!("{}cursor: {cursor}\nspeech: {}\n", styled(&buffer), frame.speech);
    insta::with_settings!({ snapshot_path => "screens", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// The screens at one size, in the order in which a person meets them.
fn walk(mut stage: Stage, mut meet: impl FnMut(&str, &mut Stage)) {
    meet("browse", &mut stage);
    stage.keys("text:metro enter down down");
    meet("times", &mut stage);
    stage.keys("enter");
    meet("seats", &mut stage);
    stage.keys("2");
    stage.wait(3_000);
    meet("held", &mut stage);
    stage.keys("/ text:Q7");
    stage.keys("enter");
    meet("typed", &mut stage);
    stage.keys("esc enter");
    meet("checkout", &mut stage);
    stage.keys("enter");
    meet("account", &mut stage);
    stage.keys("text:ana@example.com tab text:secretpass enter");
    stage.wait(20_000);
    meet("ticket", &mut stage);
    stage.keys("f3");
    meet("bookings", &mut stage);
    stage.keys("c");
    meet("ask", &mut stage);
    stage.keys("n f2 f1");
    meet("help", &mut stage);
}

/// Choosing and paying at a box office that holds nothing, tells no prices and is paid at a page.
fn later_walk(mut stage: Stage, mut meet: impl FnMut(&str, &mut Stage)) {
    stage.keys("text:metro enter down");
    meet("times", &mut stage);
    stage.keys("enter 2");
    stage.wait(3_000);
    meet("chosen", &mut stage);
    stage.keys("i");
    meet("list", &mut stage);
    stage.keys("i enter");
    meet("checkout", &mut stage);
    stage.keys("enter");
    stage.wait(19_000);
    meet("page", &mut stage);
    if stage.bookings.is_empty() {
        // A terminal that is too small takes no keys.
        return;
    }
    stage.keys("f3");
    let mut others = [stage.bookings[0].clone(), stage.bookings[0].clone(), stage.bookings[0].clone()];
    for (i, other) in others.iter_mut().enumerate() {
        other.code = BookingCode::new(format!("6b02c1d4e5f60718293a4b{i}0"));
        other.created_at -= jiff::SignedDuration::from_hours(24 * (i as i64 + 1));
        other.payment_page = None;
        other.status = BookingStatus::Paid;
    }
    others[0].troubles = vec![
        SeatTrouble { label: others[0].seats[0].label.clone(), trouble: Trouble::Lost },
        SeatTrouble { label: others[0].seats[1].label.clone(), trouble: Trouble::Doubled },
    ];
    others[1].starts_at = None;
    others[2].status = BookingStatus::Expired;
    stage.bookings.extend(others);
    stage.keys("f5");
    meet("bookings", &mut stage);
    stage.keys("down enter");
    meet("trouble", &mut stage);
    stage.keys("f3 down enter");
    meet("paid", &mut stage);
    stage.keys("f3 up up");
    stage.bookings[0].troubles = stage.bookings[1].troubles[..1].to_vec();
    stage.wait(20_000);
    stage.keys("enter");
    meet("warned", &mut stage);
    stage.keys("enter");
    meet("all-the-same", &mut stage);
    stage.wait(600_000);
    meet("late", &mut stage);
}

#[test]
fn paying_at_a_page() {
    for (width, height) in [(80, 24), (120, 40), (40, 15)] {
        later_walk(Stage::later(width, height), |name, stage| snap(&format!("{width}x{height}-later-{name}"), stage));
    }
}

#[test]
fn paying_at_a_page_without_colour_and_in_ascii() {
    let some = |name: &str| matches!(name, "chosen" | "page" | "bookings" | "trouble" | "late");
    later_walk(Stage::later(80, 24).mono(), |name, stage| {
        if some(name) {
            snap(&format!("mono-later-{name}"), stage);
        }
    });
    later_walk(Stage::later(80, 24).ascii(), |name, stage| {
        let other: String = stage.text().chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(other, "", "{name}");
        if some(name) {
            snap(&format!("ascii-later-{name}"), stage);
        }
    });
}

/// The pages of signing in, each as somebody meets it who has two seats held.
fn sign_in_walk(stage: impl Fn() -> Stage, mut meet: impl FnMut(&str, &mut Stage)) {
    let begin = || {
        let mut stage = stage();
        stage.offer = every_way();
        stage.go_to_payment();
        stage
    };
    let mut stage = begin();
    stage.keys("text:ana tab text:secret enter");
    meet("address-missing", &mut stage);
    stage.keys("esc enter");
    stage.keys("text:ana@example.com tab text:secret");
    stage.failing = Some(Failure::new(FailureKind::SignIn, "bad_login", WRONG));
    stage.keys("enter");
    meet("password-wrong", &mut stage);
    stage.failing = None;
    stage.asks = Some(code(CodeFrom::App, &[CodeFrom::Recovery]));
    stage.keys("enter text:123");
    meet("code-app", &mut stage);
    stage.keys("ctrl-t text:12345678");
    meet("code-recovery", &mut stage);
    stage.keys("esc ctrl-n");
    meet("sign-up", &mut stage);
    stage.keys("ctrl-t down");
    meet("ways", &mut stage);
    stage.keys("enter");
    stage.wait(4_000);
    meet("device", &mut stage);
    stage.wait(600_000);
    meet("device-late", &mut stage);

    let mut stage = begin();
    stage.keys("ctrl-t down down enter text:ana@example.com");
    meet("email", &mut stage);
    stage.keys("enter text:1234");
    meet("code-email", &mut stage);
    stage.keys("ctrl-t up up enter");
    stage.paste("tkt_5Yh2");
    meet("ticket", &mut stage);
    stage.keys("ctrl-t down down down enter");
    meet("browser", &mut stage);
    stage.approve();
    stage.keys("f4");
    meet("person", &mut stage);

    let mut stage = begin();
    stage.keys("esc");
    let why = Failure::new(FailureKind::SignIn, "session_revoked", "The session was signed out; sign in again.");
    stage.play(SessionAction::Ended { why, wanted: Some(Intent::Pay) });
    meet("ended", &mut stage);
}

const WRONG: &str = "The e-mail address or the password is wrong; nobody was signed in.";

#[test]
fn signing_in_at_80_by_24() {
    sign_in_walk(|| Stage::new(80, 24), |name, stage| snap(&format!("80x24-sign-in-{name}"), stage));
}

#[test]
fn signing_in_at_40_by_15() {
    sign_in_walk(|| Stage::new(40, 15), |name, stage| snap(&format!("40x15-sign-in-{name}"), stage));
}

#[test]
fn signing_in_at_120_by_40() {
    sign_in_walk(
        || Stage::new(120, 40),
        |name, stage| {
            if matches!(name, "device" | "ways") {
                snap(&format!("120x40-sign-in-{name}"), stage);
            }
        },
    );
}

#[test]
fn signing_in_without_colour_and_in_ascii() {
    let some = |name: &str| matches!(name, "device" | "code-app" | "ways" | "password-wrong");
    sign_in_walk(
        || Stage::new(80, 24).mono(),
        |name, stage| {
            if some(name) {
                snap(&format!("mono-sign-in-{name}"), stage);
            }
        },
    );
    sign_in_walk(
        || Stage::new(80, 24).ascii(),
        |name, stage| {
            let other: String = stage.text().chars().filter(|c| !c.is_ascii()).collect();
            assert_eq!(other, "", "{name}");
            if some(name) {
                snap(&format!("ascii-sign-in-{name}"), stage);
            }
        },
    );
}

#[test]
fn a_kiosk_signs_people_in_on_their_phones() {
    let mut stage = Stage::new(80, 24).kiosk();
    stage.go_to_payment();
    snap("kiosk-sign-in-device", &mut stage);
    stage.keys("ctrl-t");
    snap("kiosk-sign-in-ways", &mut stage);
}

#[test]
fn screens_at_80_by_24() {
    walk(Stage::new(80, 24), |name, stage| snap(&format!("80x24-{name}"), stage));
}

#[test]
fn screens_at_120_by_40() {
    walk(Stage::new(120, 40), |name, stage| snap(&format!("120x40-{name}"), stage));
}

#[test]
fn screens_at_40_by_15() {
    walk(Stage::new(40, 15), |name, stage| snap(&format!("40x15-{name}"), stage));
}

#[cfg(feature = "posters")]
#[test]
fn a_film_with_a_poster_of_its_own() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut stage = Stage::new(width, height).with_posters(PictureWay::Blocks);
        stage.unanswered = |effect| matches!(effect, Effect::LoadPoster { .. });
        let generated = stage.text();
        stage.unanswered = |_| false;
        stage.keys("down up");
        assert_ne!(stage.text(), generated, "the generated poster has given way");
        snap(&format!("{width}x{height}-poster"), &mut stage);
    }
    let mut stage = Stage::new(80, 24).with_posters(PictureWay::Blocks).mono();
    stage.draw();
    assert_eq!(stage.text(), Stage::new(80, 24).mono().text());
}

#[test]
fn screens_without_colour() {
    walk(Stage::new(80, 24).mono(), |name, stage| snap(&format!("mono-{name}"), stage));
}

#[test]
fn screens_in_ascii() {
    walk(Stage::new(80, 24).ascii(), |name, stage| {
        let other: String = stage.text().chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(other, "", "{name}");
        snap(&format!("ascii-{name}"), stage);
    });
}

#[test]
fn every_hall_of_the_demo_cinema() {
    for hall in ["studio", "classic", "grand"] {
        let mut stage = Stage::with_hall(100, 30, hall);
        stage.keys("enter enter 3");
        stage.wait(5_000);
        snap(&format!("hall-{hall}"), &mut stage);
    }
    let mut stage = Stage::with_hall(100, 30, "grand");
    stage.keys("enter enter ]");
    snap("hall-grand-balcony", &mut stage);
}

#[test]
fn an_unreachable_box_office_is_said_and_nothing_is_lost() {
    let mut stage = Stage::new(80, 24);
    stage.keys("enter");
    stage.failing = Some(common::sample::offline());
    stage.keys("f5");
    let text = stage.text();
    assert!(text.contains("Offline, F5 tries again. The box office at http://127.0.0.1:1"), "{text}");
    assert!(text.contains("Metropolis"), "what was known stays: {text}");
}

#[test]
fn a_seat_that_is_gone_is_named_and_the_others_stay() {
    let mut stage = Stage::new(80, 24);
    stage.states = frontrow::domain::show::SeatStates::free(stage.hall.seats.len());
    stage.keys("enter enter / text:A3-A6");
    let ids = ["main/A/4"];
    stage.failing = Some(Failure {
        conflicts: ids.map(|id| Conflict::new(SeatId::new(id), "A4".into(), ConflictReason::Sold)).to_vec(),
        ..Failure::new(FailureKind::SeatGone, "seat_taken", "A4 is sold.")
    });
    stage.keys("enter");
    let before = stage.store.state().hold.wanted().len();
    stage.wait(160);
    stage.failing = None;
    stage.wait(10);
    let state = stage.store.state();
    assert!(before > 1 && state.hold.wanted().len() == before - 1, "{:?}", state.hold.wanted());
    assert!(stage.text().contains("A4 is sold"), "{}", stage.text());
}

#[test]
fn a_small_terminal_is_told_so() {
    let mut stage = Stage::new(20, 5);
    assert!(stage.text().contains("frontrow needs"), "{}", stage.text());
}

/// Any size, on every screen: nothing panics and nothing is drawn outside.
#[test]
fn every_screen_can_be_drawn_at_every_size() {
    for (width, height) in
        [(1, 1), (39, 15), (40, 14), (40, 15), (41, 16), (75, 23), (76, 24), (99, 27), (200, 60), (250, 15), (40, 100)]
    {
        walk(Stage::new(width, height), |_, stage| drop(stage.draw()));
        sign_in_walk(|| Stage::new(width, height), |_, stage| drop(stage.draw()));
        later_walk(Stage::later(width, height), |_, stage| drop(stage.draw()));
        admin::walk(Stage::new(width, height), |_, stage| drop(stage.draw()));
        let mut stage = Stage::with_hall(width, height, "grand");
        stage.keys("enter enter");
        for key in ["+", "+", "-", "]", "G", "$", "0", "tab", "v", "L", "v"] {
            stage.keys(key);
            stage.draw();
        }
    }
}

/// The README's pictures are the real screens. After a change of the screens this test renews them and fails once.
#[test]
fn the_pictures_of_the_documents_are_current() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    let mut stale = Vec::new();
    let mut renew = |file: &'static str, stage: &mut Stage| {
        let (buffer, frame) = stage.draw();
        let picture = svg::picture(&buffer, frame.cursor.filter(|_| file != "films.svg"), &svg::DARK);
        let path = folder.join(file);
        if fs::read_to_string(&path).ok().as_deref() != Some(&picture) {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, picture).unwrap();
            stale.push(file);
        }
    };
    let mut stage = Stage::new(100, 30);
    stage.signed_in = true;
    stage.keys("f5");
    walk(stage, |name, stage| {
        let file = match name {
            "times" => "films.svg",
            "held" => "seats.svg",
            "ticket" => "ticket.svg",
            _ => return,
        };
        renew(file, stage);
    });
    sign_in_walk(
        || Stage::new(100, 30),
        |name, stage| {
            if name == "device" {
                renew("sign-in.svg", stage);
            }
        },
    );
    // The levels of the map, one picture each, of the largest hall.
    let mut stage = Stage::with_hall(100, 30, "grand");
    stage.keys("enter enter - - - -");
    for file in ["level-z0.svg", "level-z1.svg", "level-z2.svg", "level-z3.svg", "level-z4.svg"] {
        renew(file, &mut stage);
        stage.keys("+");
    }
    assert!(stale.is_empty(), "renewed {stale:?}: look at them and commit them");
}

/// The films of a box office of another make: no times in the list of films, no halls, prices or free places in the
/// times, but ratings, taglines, trailers and recommendations.
fn other_make(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.cinema.abilities = Abilities { extras: true, ..Abilities::default() };
    stage.signed_in = true;
    for (i, film) in stage.films.iter_mut().enumerate() {
        film.next_show = None;
        film.rating = (i != 2).then(|| 6.234 + i as f32 / 7.0);
        film.tagline = "Someone left the lamp on.".into();
        film.language = "de".into();
    }
    stage.recommended = [(3, "You like comedies."), (0, "Because you liked The General.")]
        .map(|(i, reason)| Recommendation { movie: stage.films[i].clone(), reason: reason.into() })
        .to_vec();
    stage.trailers = ["Metropolis: official trailer", "Nosferatu, restored", "The General in two minutes"]
        .into_iter()
        .enumerate()
        .map(|(i, title)| Trailer {
            title: title.into(),
            url: format!("https://www.youtube.com/watch?v=abcdefghij{i}"),
        })
        .collect();
    stage.tells_little_of_shows = true;
    stage.restart();
    stage
}

/// The screens of its films, as a person meets them.
fn other_make_walk(mut stage: Stage, mut meet: impl FnMut(&str, &mut Stage)) {
    meet("films", &mut stage);
    stage.keys("ctrl-f ctrl-g");
    meet("recommended", &mut stage);
    stage.keys("enter");
    meet("times", &mut stage);
    stage.keys("esc esc ctrl-o");
    meet("trailers", &mut stage);
    stage.keys("enter");
    meet("trailer", &mut stage);
    stage.keys("esc esc f1");
    meet("help", &mut stage);
}

#[test]
fn films_of_another_make_at_80_by_24() {
    other_make_walk(other_make(80, 24), |name, stage| snap(&format!("80x24-other-make-{name}"), stage));
}

#[test]
fn films_of_another_make_at_120_by_40() {
    other_make_walk(other_make(120, 40), |name, stage| snap(&format!("120x40-other-make-{name}"), stage));
}

#[test]
fn films_of_another_make_at_40_by_15() {
    other_make_walk(other_make(40, 15), |name, stage| snap(&format!("40x15-other-make-{name}"), stage));
}

/// Writes pictures of all screens for looking at, into the folder that `FRONTROW_PICTURES` names.
#[test]
fn pictures_of_every_screen_can_be_taken() {
    let Some(folder) = std::env::var_os("FRONTROW_PICTURES").map(PathBuf::from) else { return };
    fs::create_dir_all(&folder).unwrap();
    let take = |name: &str, stage: &mut Stage| {
        let (buffer, frame) = stage.draw();
        fs::write(folder.join(format!("{name}.svg")), svg::picture(&buffer, frame.cursor, &svg::DARK)).unwrap();
    };
    for (w, h) in [(80, 24), (100, 30), (120, 40), (40, 15), (60, 20), (200, 60)] {
        walk(Stage::new(w, h), |name, stage| take(&format!("{name}-{w}x{h}"), stage));
        admin::walk(Stage::new(w, h), |name, stage| take(&format!("{name}-{w}x{h}"), stage));
    }
    for (w, h) in [(80, 24), (120, 40), (40, 15), (60, 20), (200, 60)] {
        other_make_walk(other_make(w, h), |name, stage| take(&format!("other-make-{name}-{w}x{h}"), stage));
    }
    for (w, h) in [(80, 24), (120, 40), (40, 15), (60, 20)] {
        sign_in_walk(|| Stage::new(w, h), |name, stage| take(&format!("sign-in-{name}-{w}x{h}"), stage));
    }
    for (w, h) in [(80, 24), (100, 30), (120, 40), (40, 15), (60, 20), (200, 60)] {
        later_walk(Stage::later(w, h), |name, stage| take(&format!("later-{name}-{w}x{h}"), stage));
    }
    later_walk(Stage::later(80, 24).mono(), |name, stage| take(&format!("later-{name}-mono"), stage));
    later_walk(Stage::later(80, 24).ascii(), |name, stage| take(&format!("later-{name}-ascii"), stage));
    for (w, h) in [(80, 24), (120, 40)] {
        let mut stage = Stage::new(w, h).with_posters(PictureWay::Blocks);
        stage.draw();
        take(&format!("poster-{w}x{h}"), &mut stage);
    }
    sign_in_walk(|| Stage::new(80, 24).mono(), |name, stage| take(&format!("sign-in-{name}-mono"), stage));
    sign_in_walk(|| Stage::new(80, 24).ascii(), |name, stage| take(&format!("sign-in-{name}-ascii"), stage));
    walk(Stage::new(80, 24).mono(), |name, stage| take(&format!("{name}-mono"), stage));
    walk(Stage::new(80, 24).ascii(), |name, stage| take(&format!("{name}-ascii"), stage));
    for hall in ["studio", "classic", "grand"] {
        let mut stage = Stage::with_hall(100, 30, hall);
        stage.keys("enter enter 3");
        stage.wait(5_000);
        take(&format!("hall-{hall}"), &mut stage);
    }
}
