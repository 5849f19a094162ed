//! Carries effects out: one task each, by slot and policy. A task ends in one action, but for the watch of a show's
//! seats, which tells many and ends when it is given up.

use super::{
    admin, bookings, catalog, hold,
    pad::{SecretEdit, SecretPad},
    ports::{Bearer, CLOCK, Connector, EXPIRED, Ports, Session, Step, wants_another_token},
    posters, seats, session,
};
use crate::{
    domain::failure::Failure,
    store::{
        action::{Action, AppAction, NetAction},
        effect::{Effect, Policy, Slot},
    },
};
use futures_util::FutureExt;
use std::{collections::HashMap, future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};
use tokio::{sync::mpsc::UnboundedSender, task::JoinHandle};

/// An effect under way.
pub type Thunk = Pin<Box<dyn Future<Output = Action> + Send>>;

pub struct Runtime {
    connector: Arc<dyn Connector>,
    ports: Option<Ports>,
    pad: SecretPad,
    answers: UnboundedSender<Answer>,
    live: HashMap<Slot, JoinHandle<()>>,
}

/// What a task sends back.
pub enum Answer {
    Action(Action),
    Connected(Ports),
}

impl Runtime {
    pub fn new(connector: Arc<dyn Connector>, pad: SecretPad, answers: UnboundedSender<Answer>) -> Self {
        Self { connector, ports: None, pad, answers, live: HashMap::new() }
    }

    /// The ports are there; effects that need a server work from now on. What is watched through older ones is given
    /// up: whoever watches begins anew.
    pub fn connected(&mut self, ports: Ports) -> Action {
        self.give_up(Slot::Watch);
        let origin = ports.origin.clone();
        self.ports = Some(ports);
        NetAction::Connected { origin }.into()
    }

    /// Begins an effect. Those that take no time (`OpenPage`, `Bell`, `Quit`) are the loop's own.
    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::ForgetSecret => {
                self.pad.edit(SecretEdit::Clear);
                return;
            }
            Effect::AbandonSignIn => return self.give_up(Slot::SignIn),
            Effect::StopWatching => return self.give_up(Slot::Watch),
            _ => {}
        }
        let Some((slot, policy)) = effect.slot() else { return };
        if let Effect::Connect { after_ms } = effect {
            return self.connect(after_ms);
        }
        let Some(ports) = self.ports.clone() else { return };
        let answers = self.answers.clone();
        // The loop may have ended: nobody waits for the answer then.
        let tell = move |action| drop(answers.send(Answer::Action(action)));
        match effect {
            Effect::WatchSeats { req, of } => self.spawn(slot, policy, seats::watch(ports.office, req, of, tell)),
            effect => {
                let thunk = thunk(ports, &self.pad, effect);
                self.spawn(slot, policy, async move { tell(thunk.await) });
            }
        }
    }

    /// Ends what is under way in a slot; there will be no answer.
    fn give_up(&mut self, slot: Slot) {
        if let Some(task) = self.live.remove(&slot) {
            task.abort();
        }
    }

    fn connect(&mut self, after_ms: u64) {
        let (connector, answers) = (self.connector.clone(), self.answers.clone());
        self.give_up(Slot::Connection);
        let task = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            let answer = match connector.connect().await {
                Ok(ports) => Answer::Connected(ports),
                Err(why) => Answer::Action(NetAction::Failed(why).into()),
            };
            // The loop has ended: nobody waits for the answer.
            let _ = answers.send(answer);
        });
        self.live.insert(Slot::Connection, task);
    }

    fn spawn(&mut self, slot: Slot, policy: Policy, work: impl Future<Output = ()> + Send + 'static) {
        let older = self.live.remove(&slot).filter(|task| !task.is_finished());
        let before = match (policy, older) {
            (Policy::TakeLeading, Some(older)) => {
                self.live.insert(slot, older);
                return;
            }
            (Policy::TakeLatest, Some(older)) => {
                older.abort();
                None
            }
            (_, older) => older,
        };
        let answers = self.answers.clone();
        let task = tokio::spawn(async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            // The work is part of this task, so that giving the task up ends the work, too.
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                let _ = answers.send(Answer::Action(AppAction::TaskPanicked(format!("{slot:?}")).into()));
            }
        });
        self.live.insert(slot, task);
    }

    /// Waits for what must not be cut short (a hold being let go, a sale under way, a sign-out), but not longer than `budget`.
    pub async fn finish(&mut self, budget: Duration) {
        let must = [Slot::Hold, Slot::Sale, Slot::Cancellation, Slot::Favourite, Slot::SignOut, Slot::NewShows];
        let tasks: Vec<_> = must.into_iter().filter_map(|slot| self.live.remove(&slot)).collect();
        let _ = tokio::time::timeout(budget, async {
            for task in tasks {
                let _ = task.await;
            }
            if let Some(ports) = &self.ports {
                ports.session.settle().await;
            }
        })
        .await;
        for task in self.live.values() {
            task.abort();
        }
    }
}

fn thunk(ports: Ports, pad: &SecretPad, effect: Effect) -> Thunk {
    match effect {
        Effect::RestoreSession => Box::pin(session::restore(ports)),
        Effect::ReadReport => Box::pin(session::read_report(ports)),
        Effect::LoadOffer(req) => Box::pin(session::load_offer(ports, req)),
        Effect::SignInStep(req, step) => Box::pin(session::step(ports, req, session::with_secret(step, pad))),
        Effect::AwaitApproval(req) => Box::pin(session::step(ports, req, Step::Await)),
        Effect::SignOut => Box::pin(session::sign_out(ports)),
        Effect::LoadCinema(req) => Box::pin(catalog::load_cinema(ports, req)),
        Effect::LoadMovies(req) => Box::pin(catalog::load_movies(ports, req)),
        Effect::LoadShows(req, movie) => Box::pin(catalog::load_shows(ports, req, movie)),
        Effect::LoadTimes { req, movie, .. } => Box::pin(catalog::load_shows(ports, req, movie)),
        Effect::LoadRecommendations(req) => Box::pin(catalog::load_recommendations(ports, req)),
        Effect::LoadTrailers(req) => Box::pin(catalog::load_trailers(ports, req)),
        Effect::LoadFavourites(req) => Box::pin(catalog::load_favourites(ports, req)),
        Effect::SetFavourite(movie, wanted) => Box::pin(catalog::set_favourite(ports, movie, wanted)),
        Effect::LoadPoster { req, place, fit, after_ms } => Box::pin(posters::load(ports, req, place, fit, after_ms)),
        Effect::LoadPlan(req, hash) => Box::pin(seats::load_plan(ports, req, hash)),
        Effect::LoadStates { req, of, known } => Box::pin(seats::load_states(ports, req, of, known)),
        Effect::Hold { req, show, seats } => Box::pin(hold::hold(ports, req, show, seats)),
        Effect::ChangeHold { req, hold, edit } => Box::pin(hold::change(ports, req, hold, edit)),
        Effect::ReleaseHold { req, hold } => Box::pin(hold::release(ports, req, hold)),
        Effect::Book { req, hold, payment, key } => Box::pin(bookings::book(ports, req, hold, payment, key)),
        Effect::LoadBookings(req) => Box::pin(bookings::load(ports, req)),
        Effect::CancelBooking(code) => Box::pin(bookings::cancel(ports, code)),
        Effect::LoadRole(req) => Box::pin(admin::load_role(ports, req)),
        Effect::LoadDashboard(req) => Box::pin(admin::load_dashboard(ports, req)),
        Effect::LoadAllShows(req) => Box::pin(admin::load_shows(ports, req)),
        Effect::LoadAllBookings(req) => Box::pin(admin::load_bookings(ports, req)),
        Effect::LoadCandidates(req) => Box::pin(admin::load_candidates(ports, req)),
        Effect::AddShows(req, shows) => Box::pin(admin::add_shows(ports, req, shows)),
        Effect::Connect { .. }
        | Effect::WatchSeats { .. }
        | Effect::StopWatching
        | Effect::AbandonSignIn
        | Effect::ForgetSecret
        | Effect::OpenPage(_)
        | Effect::Bell
        | Effect::Quit => Box::pin(async { AppAction::Tick.into() }),
    }
}

/// Makes a call that needs a person: a token minted for it now, and, if the server does not accept that token, one
/// more mint and one replay. A failure has the code `invalid_token` only where nothing was done: our server refuses a
/// token before any handler runs.
pub async fn with_person<T, F>(session: &Arc<dyn Session>, call: impl Fn(Bearer) -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let underway = session.begin();
    let outcome = match call(session.fresh().await?).await {
        Err(why) if wants_another_token(&why) => {
            session.refused();
            // Two in a row have expired before they came: it is not the tokens.
            let by_clock =
                |why: Failure| if why.code == EXPIRED { Failure { code: CLOCK.to_owned(), ..why } } else { why };
            call(session.fresh().await?).await.map_err(by_clock)
        }
        outcome => outcome,
    };
    drop(underway);
    if outcome.is_ok() {
        let session = session.clone();
        tokio::spawn(async move { session.upkeep().await });
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{http::Http, native::NativeBoxOffice},
        domain::{
            failure::FailureKind,
            ids::{ChartHash, ShowId},
            show::ShowPlan,
            sign_in::{Offer, Progress},
            user::User,
        },
        effects::ports::{Gallery, Picture, PictureSize, Step, Underway},
        store::{action::PostersAction, slices::posters::SETTLE_MS},
    };
    use async_trait::async_trait;
    use secrecy::SecretString;
    use std::sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    };
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::Notify,
    };
    use url::Url;

    /// Counts what it is asked for.
    #[derive(Default)]
    struct Counting {
        minted: AtomicUsize,
        refused: AtomicUsize,
        calls: Underway,
        upkept: Notify,
    }

    #[async_trait]
    impl Session for Counting {
        async fn offer(&self) -> Result<Offer, Failure> {
            Ok(Offer::default())
        }
        async fn step(&self, _: Step) -> Result<Progress, Failure> {
            Err(failure("not_offered"))
        }
        async fn restore(&self) -> Result<Option<User>, Failure> {
            Ok(None)
        }
        async fn sign_out(&self) -> Result<(), Failure> {
            Ok(())
        }
        async fn fresh(&self) -> Result<Bearer, Failure> {
            assert!(!self.calls.is_last(), "the call is known to be under way");
            self.minted.fetch_add(1, Ordering::SeqCst);
            Ok(Bearer::new(SecretString::from("token")))
        }
        fn kept_in(&self) -> String {
            String::new()
        }
        fn begin(&self) -> Underway {
            self.calls.clone()
        }
        fn refused(&self) {
            self.refused.fetch_add(1, Ordering::SeqCst);
        }
        async fn upkeep(&self) {
            assert!(self.calls.is_last(), "the call is over");
            self.upkept.notify_one();
        }
    }

    #[test]
    fn a_start_after_a_lost_connection_does_not_give_up_a_sign_out() {
        let slot = |effect: Effect| effect.slot().map(|(slot, _)| slot);
        assert_ne!(slot(Effect::RestoreSession), slot(Effect::SignOut));
    }

    struct Nowhere;

    #[async_trait]
    impl Connector for Nowhere {
        async fn connect(&self) -> Result<Ports, Failure> {
            Err(failure("nowhere"))
        }
    }

    /// The next line to a server, once it has been asked for an event stream and has begun to answer.
    async fn watched(server: &TcpListener) -> TcpStream {
        let (mut line, _) = server.accept().await.unwrap();
        let mut asked = [0; 4096];
        let count = line.read(&mut asked).await.unwrap();
        assert!(asked[..count].starts_with(b"GET /v1/shows/1/events "));
        line.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n:\n\n").await.unwrap();
        line
    }

    #[tokio::test]
    async fn a_watch_ends_when_it_is_given_up_when_another_begins_and_with_its_ports() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", server.local_addr().unwrap())).unwrap();
        let ports = || {
            let office = Arc::new(NativeBoxOffice::new(Arc::new(Http::new(url.clone()))));
            let session = Arc::new(Counting::default());
            Ports { office, backstage: None, gallery: None, session, origin: String::new() }
        };
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut runtime = Runtime::new(Arc::new(Nowhere), SecretPad::default(), tell);
        runtime.connected(ports());
        let of = ShowPlan { show: ShowId::new("1"), chart: ChartHash("c".to_owned()), count: 4 };
        let watch = |req| Effect::WatchSeats { req, of: of.clone() };

        runtime.run(watch(1));
        let mut first = watched(&server).await;
        runtime.run(watch(2));
        let mut second = watched(&server).await;
        assert_eq!(first.read(&mut [0]).await.unwrap(), 0, "another watch has begun");
        runtime.run(Effect::StopWatching);
        assert_eq!(second.read(&mut [0]).await.unwrap(), 0, "it is given up");
        runtime.run(watch(3));
        let mut third = watched(&server).await;
        runtime.connected(ports());
        assert_eq!(third.read(&mut [0]).await.unwrap(), 0, "its ports are old");
        assert!(told.try_recv().is_err(), "nothing was lost that anybody waits for");
    }

    /// Gives every place the same picture, and remembers the places.
    #[derive(Default)]
    struct Walls(Mutex<Vec<String>>);

    #[async_trait]
    impl Gallery for Walls {
        async fn poster(&self, place: &str, fit: PictureSize) -> Result<Picture, Failure> {
            self.0.lock().unwrap().push(place.to_owned());
            let bytes = vec![7; (fit.width * fit.height * 3) as usize];
            Picture::new(fit, bytes).ok_or_else(|| failure("pixels"))
        }
    }

    #[tokio::test]
    async fn of_500_films_that_are_passed_quickly_only_the_last_ones_poster_is_fetched() {
        let walls = Arc::new(Walls::default());
        let office = Arc::new(NativeBoxOffice::new(Arc::new(Http::new(Url::parse("http://127.0.0.1:1").unwrap()))));
        let session = Arc::new(Counting::default());
        let gallery: Arc<dyn Gallery> = walls.clone();
        let ports = Ports { office, backstage: None, gallery: Some(gallery), session, origin: String::new() };
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut runtime = Runtime::new(Arc::new(Nowhere), SecretPad::default(), tell);
        runtime.connected(ports);
        let fit = PictureSize { width: 2, height: 3 };
        for req in 0..500 {
            runtime.run(Effect::LoadPoster { req, place: format!("/{req}.jpg"), fit, after_ms: SETTLE_MS });
            tokio::task::yield_now().await;
        }
        let Some(Answer::Action(Action::Posters(PostersAction::Loaded(499, Ok(picture))))) = told.recv().await else {
            panic!("the last poster comes");
        };
        assert_eq!(picture.size, fit);
        assert_eq!(*walls.0.lock().unwrap(), ["/499.jpg"]);
        assert!(told.try_recv().is_err());
    }

    fn failure(code: &str) -> Failure {
        Failure::new(FailureKind::SignIn, code, "no")
    }

    /// Makes a call that is answered with these codes, one after the other, and then well; gives its outcome and how
    /// often it was made.
    async fn call(counting: &Arc<Counting>, codes: &[&str]) -> (Result<(), Failure>, usize) {
        let session: Arc<dyn Session> = counting.clone();
        let made = AtomicUsize::new(0);
        let outcome = with_person(&session, |_| {
            let code = codes.get(made.fetch_add(1, Ordering::SeqCst));
            std::future::ready(code.map_or(Ok(()), |code| Err(failure(code))))
        });
        (outcome.await, made.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_refused_token_is_followed_by_one_mint_and_one_replay() {
        let counting = Arc::new(Counting::default());
        assert_eq!(call(&counting, &["invalid_token"]).await, (Ok(()), 2));
        assert_eq!(counting.minted.load(Ordering::SeqCst), 2);
        assert_eq!(counting.refused.load(Ordering::SeqCst), 1);
        counting.upkept.notified().await;

        let counting = Arc::new(Counting::default());
        let twice = call(&counting, &["invalid_token", "invalid_token"]).await;
        assert_eq!(twice, (Err(failure("invalid_token")), 2));

        let counting = Arc::new(Counting::default());
        assert_eq!(call(&counting, &[EXPIRED]).await, (Ok(()), 2));
        let counting = Arc::new(Counting::default());
        assert_eq!(call(&counting, &[EXPIRED, EXPIRED]).await, (Err(failure(CLOCK)), 2));
    }

    #[tokio::test]
    async fn what_the_server_may_have_acted_on_is_never_replayed() {
        for code in ["not_accepted", "clock", "session_revoked", "outcome_unknown"] {
            let counting = Arc::new(Counting::default());
            assert_eq!(call(&counting, &[code]).await, (Err(failure(code)), 1));
            assert_eq!(counting.minted.load(Ordering::SeqCst), 1);
        }
    }
}
