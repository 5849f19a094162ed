//! Answers with anything wrong with them: no call panics or hangs, and what fails says so in a clean sentence.

use crate::{
    client::{Client, assert_told_well, bearer, seat},
    standin::{INVENTED, Recording, Reply, StandIn, Story, invented, recorded, recordings_folder},
    variants::soon,
};
use frontrow::{
    domain::{
        admin::NewShows,
        failure::Failure,
        ids::{MovieId, ShowId},
        money::Money,
        show::ShowPlan,
    },
    effects::ports::{BoxOffice, Favourite},
};
use iso_currency::Currency;
use proptest::{prelude::*, test_runner::FileFailurePersistence};
use serde_json::{Value, json};
use std::{future::Future, sync::OnceLock, time::Duration};

/// So long a client may take for everything it can ask, at a server that answers at once.
const DEADLINE: Duration = Duration::from_secs(90);

/// What is done to an answer.
#[derive(Clone, Debug)]
enum Harm {
    /// The part at this place of the answer is something else.
    Replace(prop::sample::Index, Value),
    Drop(prop::sample::Index),
    /// It is one element of a list, or one field of an object, so many times over.
    Nest(prop::sample::Index, usize),
    /// A number becomes text, and text a number.
    Respell(prop::sample::Index),
    Twice(prop::sample::Index),
    Cut(prop::sample::Index),
    DuplicateKeys,
    Bytes(Vec<u8>),
    Page(u16),
    Status(u16),
}

fn odd_values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        Just(json!(-1)),
        Just(json!(1e308)),
        Just(json!(u64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!("")),
        Just(json!("  ")),
        Just(json!("12,50 €")),
        Just(json!("-9999999999-01-01T00:00:00Z")),
        Just(json!("9999-12-31T23:59:59.999Z")),
        Just(json!("javascript:alert(1)")),
        Just(json!("../../../etc/passwd")),
        Just(json!("a\u{1b}]0;owned\u{7}\u{202e}\u{2066}\u{0}\r\nb")),
        Just(json!("x".repeat(20_000))),
        Just(json!({})),
        Just(json!([])),
        Just(json!([null, null, [null]])),
        Just(json!({"a": {"b": {"c": null}}, "__proto__": 1})),
        Just(json!(["A1", "A1", "Z99", 7, null, {"row": "A"}])),
        any::<f64>().prop_map(|n| json!(n)),
        ".{0,40}".prop_map(|text| json!(text)),
    ]
}

fn harms() -> impl Strategy<Value = Harm> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        6 => (at(), odd_values()).prop_map(|(at, value)| Harm::Replace(at, value)),
        4 => at().prop_map(Harm::Drop),
        2 => (at(), prop_oneof![Just(1), Just(3), Just(5_000)]).prop_map(|(at, depth)| Harm::Nest(at, depth)),
        3 => at().prop_map(Harm::Respell),
        2 => at().prop_map(Harm::Twice),
        2 => at().prop_map(Harm::Cut),
        1 => Just(Harm::DuplicateKeys),
        1 => prop::collection::vec(any::<u8>(), 0..200).prop_map(Harm::Bytes),
        1 => prop_oneof![Just(200), Just(404)].prop_map(Harm::Page),
        1 => prop_oneof![Just(201), Just(204), Just(301), Just(302), Just(400), Just(401), Just(403), Just(409), Just(418)]
            .prop_map(Harm::Status),
    ]
}

/// All parts of a value, each with the way to it.
fn parts(value: &Value) -> Vec<String> {
    let mut ways = vec![String::new()];
    let mut at = 0;
    while at < ways.len() {
        let way = ways[at].clone();
        match value.pointer(&way) {
            Some(Value::Object(fields)) => {
                ways.extend(fields.keys().map(|key| format!("{way}/{}", key.replace('~', "~0").replace('/', "~1"))));
            }
            Some(Value::Array(list)) => ways.extend((0..list.len()).map(|i| format!("{way}/{i}"))),
            _ => {}
        }
        at += 1;
    }
    ways
}

fn chosen<'a>(at: &prop::sample::Index, ways: &'a [String]) -> &'a str {
    let way: &String = at.get(ways);
    way
}

fn harmed(reply: &Reply, harm: &Harm) -> Reply {
    let mut value = reply.value();
    let ways = parts(&value);
    let text = |value: &Value| value.to_string().into_bytes();
    let body = match harm {
        Harm::Replace(at, with) => {
            *value.pointer_mut(chosen(at, &ways)).unwrap() = with.clone();
            text(&value)
        }
        Harm::Drop(at) => {
            if let Some((parent, key)) = chosen(at, &ways).rsplit_once('/') {
                match value.pointer_mut(parent) {
                    Some(Value::Object(fields)) => drop(fields.remove(&key.replace("~1", "/").replace("~0", "~"))),
                    Some(Value::Array(list)) => drop(list.remove(key.parse().unwrap())),
                    _ => {}
                }
            }
            text(&value)
        }
        Harm::Nest(at, depth) => {
            // Built as text: a value so deep could not even be dropped.
            let part = value.pointer_mut(chosen(at, &ways)).unwrap();
            let inside = std::mem::replace(part, json!("~HERE~")).to_string();
            let deep = format!("{}{inside}{}", "[{\"data\":".repeat(*depth), "}]".repeat(*depth));
            value.to_string().replace("\"~HERE~\"", &deep).into_bytes()
        }
        Harm::Respell(at) => {
            let part = value.pointer_mut(chosen(at, &ways)).unwrap();
            *part = match part.take() {
                Value::String(text) => text.parse::<f64>().map_or(json!(42), |number| json!(number)),
                other => json!(other.to_string()),
            };
            text(&value)
        }
        Harm::Twice(at) => {
            if let Some(Value::Array(list)) = value.pointer_mut(chosen(at, &ways)) {
                let again = list.clone();
                list.extend(again);
            }
            text(&value)
        }
        Harm::Cut(at) => reply.body[..at.index(reply.body.len().max(1))].to_vec(),
        Harm::DuplicateKeys => {
            let body = String::from_utf8_lossy(&reply.body).replacen('{', "{\"success\":false,\"data\":7,", 1);
            body.replacen('}', ",\"success\":true,\"data\":null}", 1).into_bytes()
        }
        Harm::Bytes(bytes) => bytes.clone(),
        Harm::Page(status) => {
            return Reply::html(*status, "<html><body><pre>Oh\u{1b}[2J no<br>at x</pre></body></html>");
        }
        Harm::Status(status) => return Reply { status: *status, ..reply.clone() },
    };
    Reply { body, ..reply.clone() }
}

/// The stories that answers are taken from.
fn stories() -> &'static Vec<Vec<Recording>> {
    static STORIES: OnceLock<Vec<Vec<Recording>>> = OnceLock::new();
    STORIES.get_or_init(|| {
        let mut stories: Vec<_> = INVENTED.iter().map(|variant| invented(variant)).collect();
        if let Some(folder) = recordings_folder() {
            stories.extend(["quikscreen", "bookshowapi", "sanjaya"].map(|variant| recorded(&folder.join(variant))));
        }
        stories
    })
}

/// What a call came to: an answer, or a sentence.
async fn tried<T>(call: impl Future<Output = Result<T, Failure>>) -> Option<T> {
    match call.await {
        Ok(value) => Some(value),
        Err(failure) => {
            assert_told_well(&failure);
            None
        }
    }
}

fn clean(id: &str) {
    assert!(!id.chars().any(char::is_control), "{id:?} goes to terminals and into addresses");
}

/// Everything that a client can ask of this server.
async fn ask_everything(client: &Client) {
    tried(client.office.cinema()).await;
    let films = tried(client.office.movies()).await.unwrap_or_default();
    let mut ids: Vec<MovieId> = films.iter().map(|film| film.id.clone()).take(2).collect();
    ids.push(MovieId::new("710001"));
    let mut booked = false;
    for id in &ids {
        clean(id.as_str());
        let shows = tried(client.office.shows(id)).await.unwrap_or_default();
        for show in shows.iter().take(2) {
            clean(show.id.as_str());
            tried(client.office.show(&show.id)).await;
            let Some(chart) = tried(client.office.chart(&show.chart)).await else { continue };
            let plan = ShowPlan { show: show.id.clone(), chart: show.chart.clone(), count: chart.seats.len() };
            tried(client.taken(&plan, &chart)).await;
            tried(client.office.watch(&plan)).await;
            let some = chart.seats.first().map(|first| first.id.clone()).unwrap_or_else(|| seat(&chart, "C3"));
            tried(client.office.hold(&show.id, &[some], frontrow::domain::show::LeftAlone::Tell)).await;
            if !std::mem::replace(&mut booked, true)
                && let Some(booking) = tried(client.buy("alice", show.id.as_str(), &chart, &["C3", "C4"])).await
            {
                clean(booking.code.as_str());
                booking.payment_page.iter().for_each(|page| assert!(page.url.starts_with("http"), "{}", page.url));
            }
        }
    }
    for booking in tried(client.office.bookings(bearer("alice"))).await.unwrap_or_default() {
        clean(booking.code.as_str());
        clean(booking.movie.as_str());
        if let Some(page) = booking.payment_page {
            clean(&page.url);
            assert!(page.url.starts_with("https://") || page.url.starts_with("http://127.0.0.1"), "{}", page.url);
        }
    }
    tried(client.office.favourites(bearer("alice"))).await;
    tried(client.office.set_favourite(bearer("alice"), &ids[0], Favourite::Yes)).await;
    for trailer in tried(client.office.trailers()).await.unwrap_or_default() {
        assert!(trailer.url.starts_with("https://"), "{}", trailer.url);
        clean(&trailer.url);
    }
    tried(client.office.recommendations(bearer("alice"))).await;
    let desk = &client.backstage;
    tried(desk.role(bearer("admin"))).await;
    tried(desk.dashboard(bearer("admin"))).await;
    for show in tried(desk.shows(bearer("admin"))).await.unwrap_or_default() {
        clean(show.show.as_str());
        show.earnings();
    }
    tried(desk.bookings(bearer("admin"))).await;
    tried(desk.candidates(bearer("admin"))).await;
    let times = vec!["2026-12-01T14:00".parse().unwrap()];
    let new = NewShows { movie: ids[0].clone(), times, price: Money::new(1050, Currency::XXX) };
    tried(desk.add(bearer("admin"), &new)).await;
    tried(client.office.show(&ShowId::new("7a0000000000000000000001"))).await;
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 160,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]
    #[test]
    fn no_harm_to_an_answer_brings_the_client_down(
        story in any::<prop::sample::Index>(),
        harm in prop::collection::vec((any::<prop::sample::Index>(), harms()), 1..3),
    ) {
        let recordings = story.get(stories()).clone();
        let mut told = Story::of(recordings.clone()).at(soon());
        for (which, harm) in &harm {
            let chosen = which.get(&recordings);
            told.instead.push((chosen.method.clone(), chosen.path.clone(), harmed(&chosen.reply, harm)));
        }
        let server = StandIn::telling(told);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = Client::of(&server.url, soon());
            tokio::time::timeout(DEADLINE, ask_everything(&client)).await.expect("it comes to an end");
        });
    }
}
