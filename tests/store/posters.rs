//! Films' own posters: which are asked for, and when.

use crate::common::{
    sample::{offline, painted},
    stage::Stage,
};
use frontrow::{
    domain::picture::{PictureSize, PictureWay},
    store::{
        action::{AppAction, PostersAction},
        effect::{Effect, Policy},
        state::Size,
    },
};

/// The places and sizes of the posters that were asked for.
fn asked(stage: &Stage) -> Vec<(String, PictureSize)> {
    let poster = |effect: &Effect| match effect {
        Effect::LoadPoster { place, fit, .. } => Some((place.clone(), *fit)),
        _ => None,
    };
    stage.effects.iter().filter_map(poster).collect()
}

fn on_screen(way: PictureWay) -> Stage {
    let mut stage = Stage::new(120, 40).with_posters(way);
    stage.draw();
    stage
}

/// The poster that stands on the screen, by characters or by the terminal.
fn shown(stage: &mut Stage) -> Option<String> {
    stage.draw();
    let state = stage.store.state();
    let movie = state.catalog.selected().unwrap();
    state.posters.of(movie).map(|_| movie.poster.clone().unwrap())
}

#[test]
fn the_poster_of_the_selected_film_is_asked_for_in_the_size_in_which_it_is_drawn() {
    let size = |width, height| PictureSize { width, height };
    assert_eq!(asked(&on_screen(PictureWay::Blocks)), [("/0.jpg".to_owned(), size(24, 36))]);
    assert_eq!(asked(&on_screen(PictureWay::Kitty)), [("/0.jpg".to_owned(), size(240, 360))]);
    let mut stage = on_screen(PictureWay::Blocks);
    stage.effects.clear();
    stage.play(AppAction::Resize(Size { width: 80, height: 24 }));
    stage.draw();
    assert_eq!(asked(&stage), [("/0.jpg".to_owned(), size(11, 16))]);
    let mut stage = on_screen(PictureWay::Kitty);
    stage.effects.clear();
    stage.play(PostersAction::Cell(size(20, 40)));
    assert_eq!(asked(&stage), [("/0.jpg".to_owned(), size(480, 720))], "the letters are larger now");
}

#[test]
fn a_poster_that_is_known_is_not_asked_for_again() {
    let mut stage = on_screen(PictureWay::Blocks);
    stage.keys("down down up up down");
    assert_eq!(shown(&mut stage).as_deref(), Some("/1.jpg"));
    let places: Vec<String> = asked(&stage).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["/0.jpg", "/1.jpg", "/2.jpg"]);
    stage.keys("f5");
    assert_eq!(asked(&stage).len(), 3);
}

#[test]
fn a_poster_gives_way_to_that_of_the_film_that_is_selected_next() {
    let mut stage = Stage::new(120, 40).with_posters(PictureWay::Blocks);
    stage.unanswered = |effect| matches!(effect, Effect::LoadPoster { .. });
    stage.draw();
    stage.keys("down down down");
    let waits: Vec<_> = stage.effects.iter().filter(|e| matches!(e, Effect::LoadPoster { .. })).collect();
    assert_eq!(waits.len(), 4);
    for effect in &waits {
        assert!(matches!(effect, Effect::LoadPoster { after_ms: 50.., .. }), "it waits whether the person stays");
        assert_eq!(effect.slot().map(|(_, policy)| policy), Some(Policy::TakeLatest));
    }
    let reqs: Vec<u64> = waits
        .iter()
        .map(|effect| match effect {
            Effect::LoadPoster { req, .. } => *req,
            _ => 0,
        })
        .collect();
    let picture = painted("/late", PictureSize { width: 24, height: 36 });
    stage.play(PostersAction::Loaded(reqs[0], Ok(picture.clone())));
    assert_eq!(shown(&mut stage), None, "it is the poster of another film");
    stage.play(PostersAction::Loaded(reqs[3], Ok(picture)));
    assert_eq!(shown(&mut stage).as_deref(), Some("/3.jpg"));
}

#[test]
fn a_poster_that_cannot_be_had_is_asked_for_once_and_again_when_the_films_are_loaded_anew() {
    let mut stage = Stage::new(120, 40).with_posters(PictureWay::Blocks);
    stage.failing = Some(offline());
    stage.draw();
    stage.keys("down up down up enter left");
    assert_eq!(asked(&stage).len(), 2, "each of the two films once");
    assert_eq!(stage.said(), "", "nobody is told");
    assert_eq!(shown(&mut stage), None);
    stage.failing = None;
    stage.keys("f5");
    assert_eq!(asked(&stage).len(), 3);
    assert_eq!(shown(&mut stage).as_deref(), Some("/0.jpg"));
}

#[test]
fn no_poster_is_asked_for_where_none_is_drawn() {
    let walked = |mut stage: Stage| {
        stage.draw();
        stage.keys("down");
        stage.draw();
        asked(&stage).len()
    };
    assert_eq!(walked(Stage::new(120, 40).with_posters(PictureWay::Blocks)), 2);
    assert_eq!(walked(Stage::new(120, 40).with_posters(PictureWay::None)), 0, "pictures are off");
    assert_eq!(walked(Stage::new(120, 40).with_posters(PictureWay::Blocks).mono()), 0, "no colours");
    assert_eq!(walked(Stage::new(40, 15).with_posters(PictureWay::Blocks)), 0, "no room");
    let mut none = Stage::new(120, 40).with_posters(PictureWay::Blocks);
    none.films.iter_mut().for_each(|film| film.poster = None);
    none.keys("f5");
    none.effects.clear();
    assert_eq!(walked(none), 0, "the films have none");
    let mut stage = Stage::new(120, 40).with_posters(PictureWay::Blocks);
    stage.draw();
    stage.effects.clear();
    stage.keys("enter enter");
    stage.play(PostersAction::Room(10, 8));
    assert_eq!(asked(&stage).len(), 0, "the seats are on the screen");
}

#[test]
fn pictures_do_not_fill_the_memory() {
    // 1.4 MB each.
    let mut stage = Stage::new(120, 40).with_posters(PictureWay::Kitty);
    stage.play(PostersAction::Cell(PictureSize { width: 24, height: 44 }));
    stage.draw();
    stage.keys("down down down down down down");
    assert_eq!(shown(&mut stage).as_deref(), Some("/6.jpg"));
    let before = asked(&stage).len();
    stage.keys("up up");
    assert_eq!(asked(&stage).len(), before, "the last few are remembered");
    stage.keys("up up up up");
    assert!(asked(&stage).len() > before, "the first is not");
}
