//! What a key and news of seats cost on the line: over SSH bytes are what a person waits for.

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{arena, sample, wire::Wire};
use frontrow::{
    domain::{
        chart::{Chart, json},
        ids::{SeatIx, ShowId},
        show::{SeatNews, SeatState, SeatStates},
    },
    store::slices::seats::Scale,
    wire::SeatsAnswer,
};
use std::sync::{Arc, LazyLock};

static LARGE: LazyLock<Arc<Chart>> = LazyLock::new(|| Arc::new(arena::of(40_000)));

/// The bytes of each of these keys.
fn pressed(wire: &mut Wire, keys: &str) -> Vec<usize> {
    keys.split_whitespace().map(|key| wire.keys(key)).collect()
}

fn assert_within(costs: &[usize], median: usize, most: usize, what: &str) {
    let mut sorted = costs.to_vec();
    sorted.sort_unstable();
    assert!(sorted[sorted.len() / 2] <= median, "{what}: {costs:?}");
    assert!(sorted[sorted.len() - 1] <= most, "{what}: {costs:?}");
}

/// A seat's state there and back.
fn changed(wire: &mut Wire, seats: &[SeatIx]) -> [usize; 2] {
    [wire.change(seats), wire.change(seats)]
}

#[test]
fn a_step_a_zoom_and_news_of_a_seat_cost_few_bytes_in_a_hall_that_is_seen_whole() {
    let mut wire = Wire::open(80, 24, sample::hall("hall-1"));
    assert_within(&pressed(&mut wire, "h h l l k j h k l j h l"), 130, 300, "steps");
    let beside = SeatIx(wire.cursor().0 + 1);
    assert_within(&changed(&mut wire, &[beside]), 100, 100, "news of a seat in view");
    // Every seat looks different then.
    assert_within(&pressed(&mut wire, "+ -"), 3_072, 3_072, "zooms");
}

#[test]
fn a_step_among_40_000_seats_costs_as_many_bytes_as_in_a_small_hall() {
    let mut wire = Wire::open(80, 24, LARGE.clone());
    assert_within(&pressed(&mut wire, "h l j k h l H L J K"), 300, 600, "from section to section");
    for scale in [Scale::Density, Scale::Compact, Scale::Normal, Scale::Label] {
        wire.zoom_to(scale);
        wire.keys("z");
        // A step at the edge scrolls, and draws all that is seen anew; most do not.
        assert_within(&pressed(&mut wire, "h l k j h l k j"), 130, 4_096, &format!("steps, {scale:?}"));
        assert_within(&pressed(&mut wire, "g G ^ $ J K { }"), 4_096, 4_096, &format!("far steps, {scale:?}"));
    }
}

#[test]
fn news_of_40_000_seats_cost_few_bytes_however_many_there_are() {
    let mut wire = Wire::open(80, 24, LARGE.clone());
    let all: Vec<SeatIx> = (0..40_000).step_by(800).map(SeatIx).collect();
    for scale in [Scale::Venue, Scale::Density, Scale::Compact, Scale::Normal] {
        wire.zoom_to(scale);
        let beside = SeatIx(wire.cursor().0 + 1);
        assert_within(&changed(&mut wire, &[beside]), 100, 100, &format!("a seat in view, {scale:?}"));
        // Only the numbers of free and sold seats change.
        assert_within(&changed(&mut wire, &[SeatIx(39_999)]), 64, 64, &format!("a seat out of view, {scale:?}"));
        assert_within(&changed(&mut wire, &all), 400, 400, &format!("50 seats all over the hall, {scale:?}"));
        let same = SeatNews::Changes(vec![(beside, wire.state_of(beside))]);
        assert_eq!(wire.news(same), 0, "what is known already is not drawn");
    }
}

#[test]
fn the_states_of_40_000_seats_are_one_short_answer() {
    let mut states = SeatStates::free(LARGE.seats.len());
    (0..states.len()).filter(|seat| seat * 7 % 11 < 5).for_each(|seat| states.set(seat, SeatState::Sold));
    let answer = SeatsAnswer {
        show: ShowId::new("show"),
        chart: json::hash(&LARGE),
        count: states.len() as u32,
        states: STANDARD.encode(states.packed()),
        server_time: sample::wall(),
    };
    let bytes = serde_json::to_vec(&answer).expect("an answer is JSON").len();
    assert!((10_000..=20_000).contains(&bytes), "{bytes} bytes");
}
