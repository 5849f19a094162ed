//! What the store hears of a show's seats: from made-up streams, and from the real box office through lines that break.

use super::*;
use futures_util::{FutureExt, stream};
use std::sync::Mutex;

fn change(seat: u32, state: SeatState) -> SeatNews {
    SeatNews::Changes(vec![(SeatIx(seat), state)])
}

fn ended() -> Failure {
    Failure::new(FailureKind::Offline, "unreachable", "gone")
}

/// All that is passed on of a stream that ends.
async fn heard(news: impl stream::Stream<Item = SeatNews> + Send + 'static) -> Vec<SeatNews> {
    let heard = Mutex::new(Vec::new());
    let news = news.map(Ok).chain(stream::iter([Err(ended())]));
    let why = listen(news.boxed(), |news| heard.lock().unwrap().push(news)).await;
    assert_eq!(why, ended());
    heard.into_inner().unwrap()
}

#[tokio::test]
async fn a_word_after_a_quiet_time_is_passed_on_at_once() {
    let (first, told) = (change(1, SeatState::Held), Mutex::new(Vec::new()));
    let news = stream::iter([Ok(first.clone())]).chain(stream::pending());
    let mut listening = std::pin::pin!(listen(news.boxed(), |news| told.lock().unwrap().push(news)));
    assert!((&mut listening).now_or_never().is_none());
    assert_eq!(*told.lock().unwrap(), [first]);
}

#[tokio::test]
async fn a_thousand_changes_at_once_are_few_words_and_none_is_lost() {
    let burst = (0..1_000).map(|seat| change(seat % 400, if seat < 400 { SeatState::Held } else { SeatState::Sold }));
    let words = heard(stream::iter(burst)).await;
    assert!(words.len() <= 3, "{} words", words.len());
    let mut map = SeatStates::free(400);
    for word in words {
        let SeatNews::Changes(changes) = word else { panic!("{word:?}") };
        assert!(changes.len() <= 400, "no more than there are seats");
        changes.into_iter().for_each(|(seat, state)| map.set(seat.get(), state));
    }
    assert!(map.iter().all(|state| state == SeatState::Sold));
}

#[tokio::test]
async fn states_take_the_place_of_what_came_before_and_take_in_what_comes_after() {
    let all = SeatStates::free(3);
    let first = stream::iter([change(0, SeatState::Sold)]);
    let rest = [change(1, SeatState::Sold), SeatNews::States(all), change(2, SeatState::Held)];
    let words = heard(first.chain(stream::iter(rest))).await;
    let mut expected = SeatStates::free(3);
    expected.set(2, SeatState::Held);
    assert_eq!(words, [change(0, SeatState::Sold), SeatNews::States(expected)]);
}

#[test]
fn pauses_grow_from_half_a_second_to_about_ten() {
    let pauses: Vec<_> = pauses().take(12).collect();
    assert!(pauses[0] >= PAUSE && pauses[0] <= 2 * PAUSE, "{pauses:?}");
    assert!(pauses[8..].iter().all(|pause| *pause >= LONGEST_PAUSE && *pause <= 2 * LONGEST_PAUSE), "{pauses:?}");
}

#[cfg(feature = "server")]
mod over_http {
    use super::*;
    use crate::{
        api::{http::Http, native::NativeBoxOffice},
        domain::{
            ids::{ChartHash, ShowId},
            show::{LeftAlone, Show},
        },
        platform::env::{OsEntropy, SystemClock},
        server::{
            self, Demo, Options, Running,
            faults::{Fault, Faults},
        },
    };
    use tokio::sync::mpsc::{self, UnboundedReceiver};
    use url::Url;

    struct House {
        running: Running,
        faults: Faults,
        office: Arc<dyn BoxOffice>,
        show: Show,
        /// Free seats, and where they are in the chart.
        seats: Vec<(crate::domain::ids::SeatId, usize)>,
        count: usize,
        _folder: tempfile::TempDir,
    }

    /// What the store would hear, and the map that it would have.
    struct Store {
        actions: UnboundedReceiver<Action>,
        map: SeatStates,
        losses: Vec<String>,
        whole: usize,
    }

    impl House {
        async fn open() -> Self {
            let (folder, faults) = (tempfile::tempdir().unwrap(), Faults::default());
            let running = server::start(Options {
                data_dir: folder.path().to_owned(),
                bind: "127.0.0.1:0".parse().unwrap(),
                demo: Demo::Seed,
                rules: Default::default(),
                public_url: None,
                mailer: None,
                outside: Default::default(),
                clock: Arc::new(SystemClock::new()),
                entropy: Arc::new(OsEntropy),
                faults: faults.clone(),
            })
            .await
            .unwrap();
            let http = Arc::new(Http::new(Url::parse(running.url()).unwrap()));
            let office: Arc<dyn BoxOffice> = Arc::new(NativeBoxOffice::new(http));
            let mut shows = Vec::new();
            for movie in office.movies().await.unwrap() {
                shows.extend(office.shows(&movie.id).await.unwrap());
            }
            let show = shows.into_iter().max_by_key(|show| show.free).unwrap();
            let chart = office.chart(&show.chart).await.unwrap();
            let count = chart.seats.len();
            let mut house = Self { running, faults, office, show, seats: Vec::new(), count, _folder: folder };
            let states = house.truth().await;
            let all = chart.seats.iter().enumerate();
            let free = all.filter(|(ix, seat)| states.get(*ix) == SeatState::Free && seat.couch.is_none());
            house.seats = free.map(|(ix, seat)| (seat.id.clone(), ix)).collect();
            house
        }

        fn of(&self) -> ShowPlan {
            ShowPlan { show: self.show.id.clone(), chart: self.show.chart.clone(), count: self.count }
        }

        async fn truth(&self) -> SeatStates {
            match self.office.seats(&self.of(), None).await.unwrap() {
                SeatsNow::States { states, .. } => states,
                SeatsNow::Unchanged => panic!("nothing was known"),
            }
        }

        async fn hold(&self, n: usize) -> usize {
            let (seat, ix) = &self.seats[n];
            self.office.hold(&self.show.id, std::slice::from_ref(seat), LeftAlone::Tell).await.unwrap();
            *ix
        }

        fn watch(&self) -> (Store, tokio::task::JoinHandle<()>) {
            let (tell, actions) = mpsc::unbounded_channel();
            let tell = move |action| drop(tell.send(action));
            let task = tokio::spawn(watch(self.office.clone(), 7, self.of(), tell));
            (Store { actions, map: SeatStates::default(), losses: Vec::new(), whole: 0 }, task)
        }
    }

    impl Store {
        /// Takes in the next word; false when there will be no more.
        async fn hear(&mut self) -> bool {
            let word = tokio::time::timeout(Duration::from_secs(20), self.actions.recv()).await;
            match word.expect("something is heard") {
                None => return false,
                Some(Action::Seats(SeatsAction::News(7, SeatNews::States(states)))) => {
                    (self.map, self.whole) = (states, self.whole + 1);
                }
                Some(Action::Seats(SeatsAction::News(7, SeatNews::Changes(changes)))) => {
                    assert!(!self.map.is_empty(), "states come first");
                    changes.into_iter().for_each(|(seat, state)| self.map.set(seat.get(), state));
                }
                Some(Action::Seats(SeatsAction::NewsLost(7, why))) => self.losses.push(why.code),
                Some(other) => panic!("{other:?}"),
            }
            true
        }

        async fn until(&mut self, so: impl Fn(&Self) -> bool) {
            while !so(self) {
                assert!(self.hear().await, "the watch ended");
            }
        }
    }

    #[tokio::test]
    async fn a_line_that_breaks_again_and_again_ends_in_the_true_map() {
        let house = House::open().await;
        house.faults.add(None, "/events", Fault::CutLater(Duration::from_millis(200)), 2);
        house.faults.add(None, "/events", Fault::Status(503), 1);
        house.faults.add(None, "/events", Fault::CutBefore, 1);
        let (mut store, task) = house.watch();
        store.until(|store| store.whole == 1).await;
        let mut seat = 0;
        for n in 0..8 {
            seat = house.hold(n).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        store.until(|store| store.losses.len() == 2 && store.map.get(seat) == SeatState::Held).await;
        assert_eq!(store.map, house.truth().await);
        task.abort();
    }

    #[tokio::test]
    async fn what_was_missed_while_the_line_was_down_is_heard_without_all_states_again() {
        let house = House::open().await;
        let mut other = house.office.watch(&house.of()).await.unwrap();
        assert!(matches!(other.next().await, Some(Ok(SeatNews::States(_)))));
        // Another client, so that it has another memory of what was heard.
        let http = Arc::new(Http::new(Url::parse(house.running.url()).unwrap()));
        let office: Arc<dyn BoxOffice> = Arc::new(NativeBoxOffice::new(http));
        let house = House { office, ..house };
        house.faults.add(None, "/events", Fault::CutLater(Duration::from_millis(300)), 1);
        let (mut store, task) = house.watch();
        let first = house.hold(0).await;
        store.until(|store| store.losses.len() == 1).await;
        assert_eq!((store.whole, store.map.get(first)), (1, SeatState::Held));
        let missed = house.hold(1).await;
        store.until(|store| store.map.get(missed) == SeatState::Held).await;
        assert_eq!((store.whole, &store.losses[..]), (1, &["unreachable".to_owned()][..]));
        assert_eq!(store.map, house.truth().await);
        task.abort();
    }

    #[tokio::test]
    async fn where_there_are_no_news_it_is_said_once_and_nothing_is_tried_again() {
        let house = House::open().await;
        for status in [404, 302, 200] {
            house.faults.add(None, "/events", Fault::Status(status), 1);
            let (mut store, task) = house.watch();
            while store.hear().await {}
            assert_eq!((&store.losses[..], store.whole), (&[NO_NEWS.to_owned()][..], 0), "{status}");
            task.await.unwrap();
        }
        let house = House { count: house.count + 1, ..house };
        let (mut store, _) = house.watch();
        while store.hear().await {}
        assert_eq!(store.losses, [NO_NEWS], "states of another hall");
    }

    #[tokio::test]
    async fn a_show_that_moves_to_another_plan_of_as_many_seats_is_not_told_by_the_old_one() {
        let house = House::open().await;
        let (mut store, task) = house.watch();
        store.until(|store| store.whole == 1).await;
        let mut chart = (*house.office.chart(&house.show.chart).await.unwrap()).clone();
        // The same places, but of other seats.
        let last = chart.rows.len() - 1;
        chart.rows[last].label = "Renamed".into();
        house.running.move_show(&house.show.id, chart).await.unwrap();
        while store.hear().await {}
        assert_eq!((&store.losses[..], store.whole), (&["unreachable".to_owned(), CHART_CHANGED.to_owned()][..], 1));
        task.await.unwrap();
        let again = house.office.seats(&house.of(), None).await.unwrap_err();
        assert_eq!(again.code, CHART_CHANGED);
    }

    #[tokio::test]
    async fn an_id_that_no_header_can_carry_is_forgotten() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", server.local_addr().unwrap())).unwrap();
        let office: Arc<dyn BoxOffice> = Arc::new(NativeBoxOffice::new(Arc::new(Http::new(url))));
        let of = ShowPlan { show: ShowId::new("1"), chart: ChartHash("c".to_owned()), count: 4 };
        let (tell, mut told) = mpsc::unbounded_channel();
        let watching = tokio::spawn(watch(office, 7, of, move |action| drop(tell.send(action))));
        let mut asked = Vec::new();
        for id in ["\u{1}", &"x".repeat(100_000), "good", "good"] {
            let (mut line, _) = server.accept().await.unwrap();
            let mut request = vec![0; 64 * 1024];
            let read = line.read(&mut request).await.unwrap();
            asked.push(String::from_utf8_lossy(&request[..read]).contains("last-event-id"));
            let data = r#"{"show":"1","chart":"c","count":4,"states":"AA==","server_time":"2026-11-22T10:00:00Z"}"#;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
            line.write_all(format!("{head}id: {id}\nevent: states\ndata: {data}\n\n").as_bytes()).await.unwrap();
            let news = |action: &Action| matches!(action, Action::Seats(SeatsAction::News(7, SeatNews::States(_))));
            while !news(&told.recv().await.unwrap()) {}
        }
        assert_eq!(asked, [false, false, false, true]);
        watching.abort();
    }
}
