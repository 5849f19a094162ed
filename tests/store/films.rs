//! The films of servers whose list of them does not say it all: times looked up ahead, recommendations, trailers.

use crate::common::{sample::films, stage::Stage};
use frontrow::{
    domain::{
        cinema::Abilities,
        failure::{Failure, FailureKind},
        ids::MovieId,
        movie::{Recommendation, Trailer},
    },
    store::{
        action::{CatalogAction, NavAction},
        effect::Effect,
        select::{self, Screen, browse::BrowseVm},
        slices::{nav::Route, session::Auth},
    },
};

/// A box office whose list of films has no times.
fn without_times(height: u16) -> Stage {
    let mut stage = Stage::new(100, height);
    stage.cinema.abilities = Abilities { extras: true, ..Abilities::default() };
    stage.films.iter_mut().for_each(|film| film.next_show = None);
    stage
}

fn browse(stage: &Stage) -> BrowseVm<'_> {
    match select::view(stage.store.state(), stage.now()).screen {
        Screen::Browse(vm) => vm,
        _ => panic!("the films are on the screen"),
    }
}

fn looked_up(stage: &Stage) -> Vec<(u64, MovieId)> {
    let times = |effect: &Effect| match effect {
        Effect::LoadTimes { req, movie, .. } => Some((*req, movie.clone())),
        _ => None,
    };
    stage.effects.iter().filter_map(times).collect()
}

fn failed(kind: FailureKind) -> Failure {
    Failure::new(kind, "failed", "No.")
}

#[test]
fn the_films_on_the_screen_get_their_times_and_no_others_do() {
    let mut stage = without_times(20);
    stage.restart();
    let (shown, all) = (browse(&stage).films.len(), stage.films.len());
    assert!(shown < all, "some films are not on the screen");
    let vm = browse(&stage);
    let titles: Vec<&str> = vm.films.iter().map(|film| film.title.as_str()).collect();
    assert!(vm.films.iter().all(|film| film.when == "today 14:00"), "{:?}", vm.films);
    let listed: Vec<String> = films().iter().take(shown).map(|film| film.title.to_string()).collect();
    assert_eq!(titles, listed, "the order stays");
    // The selected film's shows are loaded anyhow.
    assert_eq!(looked_up(&stage).len(), shown - 1);
    stage.keys("end");
    assert_eq!(looked_up(&stage).len(), 2 * shown - 2, "what comes into sight is looked up, and nothing twice");
}

#[test]
fn a_list_that_tells_the_times_is_not_followed_by_any_request() {
    let mut stage = without_times(20);
    stage.films = films();
    stage.restart();
    assert!(looked_up(&stage).is_empty());
    // Nor is one of a server where a film without a time has no show.
    stage.films[1].next_show = None;
    stage.cinema.abilities = Abilities::default();
    stage.restart();
    assert!(looked_up(&stage).is_empty());
    assert_eq!(browse(&stage).films[1].when, "");
}

#[test]
fn two_lists_of_times_are_asked_for_at_once_and_none_after_the_films_were_left() {
    let mut stage = without_times(30);
    stage.unanswered = |effect| matches!(effect, Effect::LoadTimes { .. });
    stage.restart();
    let asked = looked_up(&stage);
    assert_eq!(asked.len(), 2);
    let (req, movie) = asked[0].clone();
    stage.play(CatalogAction::ShowsLoaded(req, movie.clone(), Err(failed(FailureKind::Other))));
    assert_eq!(looked_up(&stage).len(), 3, "a failure makes room for the next film");
    assert_eq!(stage.said(), "", "nobody has asked for it, so nobody is told");
    stage.signed_in = true;
    stage.play(NavAction::Open(Route::Bookings));
    let (req, other) = looked_up(&stage)[1].clone();
    stage.play(CatalogAction::ShowsLoaded(req, other, Ok(Vec::new())));
    assert_eq!(looked_up(&stage).len(), 3);
    stage.play(NavAction::Back);
    assert_eq!(looked_up(&stage).len(), 4, "back at the films it goes on");
    assert!(looked_up(&stage)[2..].iter().all(|(_, again)| *again != movie), "what failed is not asked for again");
}

#[test]
fn a_film_that_is_chosen_while_its_times_are_on_their_way_is_not_asked_for_twice() {
    let mut stage = without_times(30);
    stage.unanswered = |effect| matches!(effect, Effect::LoadTimes { .. });
    stage.restart();
    let (req, movie) = looked_up(&stage)[0].clone();
    stage.effects.clear();
    stage.play(CatalogAction::Select(movie.clone()));
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::LoadShows(..))));
    stage.play(CatalogAction::ShowsLoaded(req, movie, Err(failed(FailureKind::Offline))));
    assert!(
        browse(&stage).detail.unwrap().times_instead.is_some_and(|text| text == "No."),
        "it says why there are none"
    );
}

#[test]
fn shows_stand_under_the_day_of_the_cinema_whatever_their_date_is_in_utc() {
    let mut stage = Stage::new(100, 40);
    for (zone, days) in [
        // 19:15 in UTC is 04:15 of the next day in Tokyo, where the evening before goes on until 06:00.
        ("Asia/Tokyo", ["today 22:00", "today 01:30+1", "today 04:15+1"]),
        // It is four past midnight in Auckland: the night's shows are those of Sunday evening, and 19:15 in UTC is this morning.
        ("Pacific/Auckland", ["Sun 22 02:00+1", "Sun 22 05:30+1", "today 08:15"]),
        ("America/Los_Angeles", ["Sat 21 05:00+1", "today 08:30", "today 11:15"]),
    ] {
        stage.cinema.timezone = zone.to_owned();
        stage.restart();
        let vm = browse(&stage);
        let times = vm.detail.unwrap().times;
        let mut day = String::new();
        let words: Vec<String> = times
            .iter()
            .map(|time| {
                if !time.day.is_empty() {
                    day.clone_from(&time.day);
                }
                format!("{day} {}", time.clock)
            })
            .collect();
        assert_eq!(words[..3], days, "{zone}");
    }
}

fn recommending() -> Stage {
    let mut stage = without_times(30);
    stage.recommended = [4, 1]
        .map(|i| Recommendation { movie: stage.films[i].clone(), reason: "You liked The General.".into() })
        .to_vec();
    stage
}

#[test]
fn recommended_films_are_listed_best_first_with_the_reason() {
    let mut stage = recommending();
    stage.signed_in = true;
    stage.restart();
    assert!(select::view(stage.store.state(), stage.now()).offered.recommended);
    assert_eq!(browse(&stage).detail.unwrap().reason, "");
    stage.keys("ctrl-g");
    let titles: Vec<String> = browse(&stage).films.iter().map(|film| film.title.clone()).collect();
    assert_eq!(titles, [4, 1].map(|i| films()[i].title.to_string()));
    stage.keys("down up");
    assert_eq!(browse(&stage).detail.unwrap().reason, "You liked The General.");
    stage.keys("esc");
    assert_eq!(browse(&stage).films.len(), 23, "all films again");
}

#[test]
fn nothing_wakes_the_program_once_all_that_is_shown_is_there() {
    let mut stage = recommending();
    stage.wait(20_000);
    let (asked, drawn) = (stage.effects.len(), select::key(stage.store.state(), stage.now()));
    stage.wait(600_000);
    assert_eq!(select::deadline(stage.store.state(), stage.now()), None);
    assert_eq!(stage.effects.len(), asked);
    assert_eq!(select::key(stage.store.state(), stage.now()), drawn);
}

#[test]
fn nobody_is_asked_for_recommendations_before_the_sign_in_and_a_failure_offers_none() {
    let mut stage = recommending();
    stage.restart();
    let asked = |stage: &Stage| stage.effects.iter().filter(|e| matches!(e, Effect::LoadRecommendations(_))).count();
    assert_eq!(asked(&stage), 0);
    stage.keys("ctrl-g");
    assert_eq!(stage.said(), "This box office recommends no films to you at the moment.");
    stage.keys("f4 text:ana@example.com tab text:secretpass enter");
    assert!(matches!(stage.store.state().session.auth, Auth::SignedIn(_)));
    assert_eq!(asked(&stage), 1, "asked once");
    assert!(select::view(stage.store.state(), stage.now()).offered.recommended);

    stage.unanswered = |effect| matches!(effect, Effect::LoadRecommendations(_));
    stage.signed_in = true;
    stage.restart();
    let req = stage.effects.iter().find_map(|effect| match effect {
        Effect::LoadRecommendations(req) => Some(*req),
        _ => None,
    });
    stage.play(CatalogAction::RecommendationsLoaded(req.unwrap(), Err(failed(FailureKind::NotFound))));
    assert!(!select::view(stage.store.state(), stage.now()).offered.recommended);
    assert_eq!((stage.said(), asked(&stage)), (String::new(), 1), "nobody is told, and it is not asked again");
}

#[test]
fn a_trailer_is_shown_and_opened_only_where_the_person_would_see_it() {
    for has_browser in [true, false] {
        let mut stage = without_times(30);
        let url = |i: usize| format!("https://example.org/{i}");
        stage.trailers = (0..3).map(|i| Trailer { title: films()[i].title.clone(), url: url(i) }).collect();
        stage.restart();
        stage.store = {
            let mut state = frontrow::store::state::State::new((*stage.store.state().prefs).clone());
            state.prefs.has_browser = has_browser;
            frontrow::store::Store::new(state)
        };
        stage.play(frontrow::store::action::AppAction::Start);
        stage.keys("down ctrl-o");
        assert!(stage.text().contains("Trailers"));
        stage.keys("enter");
        let opened: Vec<&Effect> = stage.effects.iter().filter(|e| matches!(e, Effect::OpenPage(_))).collect();
        let expected = Effect::OpenPage(url(1));
        assert_eq!(opened, if has_browser { vec![&expected] } else { Vec::new() }, "the selected film's is first");
        assert!(stage.text().contains(&url(1)));
        stage.keys("esc");
        assert!(stage.text().contains("Trailers"), "back to the list");
        stage.keys("esc");
        assert_eq!(select::view(stage.store.state(), stage.now()).overlay, None);
    }
}
