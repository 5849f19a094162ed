//! The real store and the real screens, with a scripted box office that answers every effect at once: any screen
//! can be reached by keys and drawn, without a network or a terminal.

use super::{
    later::{self, Later},
    sample::{
        approval, cinema, code, eur, every_way, films, hall, painted, partly_sold, person, price, prices, sure_offer,
        wall,
    },
};
use frontrow::{
    domain::{
        admin::Role,
        booking::{Booking, BookingStatus, PaymentMethod},
        chart::{Chart, json, plan::Plan},
        cinema::Cinema,
        failure::{Conflict, ConflictReason, Failure, FailureKind},
        ids::{BookingCode, HallId, HoldId, MovieId, SeatId, SeatIx, ShowId},
        money::{Glyphs, Money},
        movie::{Movie, Recommendation, Trailer},
        picture::{PictureSize, PictureWay},
        show::{CategoryPrice, Hold, PricedSeat, SeatNews, SeatState, SeatStates, Show},
        sign_in::{Approval, Challenge, CodeFrom, Offer},
    },
    input::{event::InputEvent, keymap::Keymap, resolve, target::Hits},
    store::{
        Now, Store,
        action::{
            Action, AppAction, BookingsAction, CatalogAction, CheckoutAction, HoldAction, NetAction, PostersAction,
            SeatsAction, SessionAction,
        },
        effect::{Effect, SignInStep},
        select,
        slices::{
            prefs::{Pictures, Place, Prefs},
            session::Stepped,
        },
        state::{Size, State},
    },
    ui::{
        frame::{Ctx, Frame},
        glyphs, root,
        theme::{Depth, Theme},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};
use std::sync::Arc;

pub struct Stage {
    pub store: Store,
    pub mono_ms: u64,
    pub depth: Depth,
    pub hall: Arc<Chart>,
    pub states: SeatStates,
    pub signed_in: bool,
    /// What whoever is signed in may do; none where there are no pages for those who run the cinema.
    pub role: Option<Role>,
    pub cinema: Cinema,
    pub films: Vec<Movie>,
    pub recommended: Vec<Recommendation>,
    pub trailers: Vec<Trailer>,
    /// Whether shows come without the names of halls, prices and free places.
    pub tells_little_of_shows: bool,
    /// What the sign-in service offers.
    pub offer: Offer,
    /// What the service asks for after a password, or an approval's code.
    pub asks: Option<Challenge>,
    /// A box office that holds nothing, tells no prices, and is paid at a page.
    pub later: Option<Later>,
    /// The next answers to fail with this.
    pub failing: Option<Failure>,
    /// Whether the box office tells news of the seats.
    pub tells_news: bool,
    /// Effects that get no answer.
    pub unanswered: fn(&Effect) -> bool,
    /// Every effect that came out, in order.
    pub effects: Vec<Effect>,
    pub keymap: Keymap,
    held: Vec<SeatId>,
    pub bookings: Vec<Booking>,
    pub hits: Hits,
    /// The request that watches the seats.
    watch: Option<u64>,
    /// Categories without a price.
    pub unpriced: Vec<String>,
    /// What the list of shows tells of the hall's plan, if that has changed.
    pub new_plan: Option<Arc<Chart>>,
}

impl Stage {
    /// Online, the films on the screen, nobody signed in.
    pub fn new(width: u16, height: u16) -> Self {
        Self::with_hall(width, height, "hall-1")
    }

    pub fn with_hall(width: u16, height: u16, name: &str) -> Self {
        Self::with_chart(width, height, hall(name))
    }

    pub fn with_chart(width: u16, height: u16, hall: Arc<Chart>) -> Self {
        let prefs = prefs(Size { width, height });
        let states = partly_sold(&hall);
        let mut stage = Self {
            store: Store::new(State::new(prefs)),
            mono_ms: 1_000,
            depth: Depth::True,
            hall,
            states,
            signed_in: false,
            role: None,
            cinema: cinema(),
            films: films(),
            recommended: Vec::new(),
            trailers: Vec::new(),
            tells_little_of_shows: false,
            offer: sure_offer(),
            asks: None,
            later: None,
            failing: None,
            tells_news: true,
            unanswered: |_| false,
            effects: Vec::new(),
            keymap: frontrow::input::keymap::DEFAULT.parse().unwrap(),
            held: Vec::new(),
            bookings: Vec::new(),
            hits: Hits::default(),
            watch: None,
            unpriced: Vec::new(),
            new_plan: None,
        };
        stage.play(AppAction::Start);
        stage
    }

    pub fn ascii(mut self) -> Self {
        let (size, store) = (self.store.state().prefs.size, &mut self.store);
        *store = Store::new(State::new(Prefs { glyphs: Glyphs::Ascii, ..prefs(size) }));
        self.play(AppAction::Start);
        self
    }

    /// Somebody is signed in at a box office with pages for those who run it.
    pub fn with_pages_for(mut self, role: Role) -> Self {
        self.role = Some(role);
        self.cinema.abilities.admin = true;
        self.signed_in = true;
        self.play(AppAction::Start);
        self
    }

    /// The program starts anew.
    pub fn restart(&mut self) {
        let size = self.store.state().prefs.size;
        self.store = Store::new(State::new(prefs(size)));
        self.effects.clear();
        self.play(AppAction::Start);
    }

    /// A machine that everybody uses, with a box office that offers every way.
    pub fn kiosk(mut self) -> Self {
        let size = self.store.state().prefs.size;
        self.store = Store::new(State::new(Prefs { place: Place::Kiosk, ..prefs(size) }));
        self.keymap = self.keymap.clone().for_kiosk();
        self.offer = every_way();
        self.play(AppAction::Start);
        self
    }

    /// A terminal that shows pictures in this way, and films that have some.
    pub fn with_posters(mut self, way: PictureWay) -> Self {
        let size = self.store.state().prefs.size;
        let pictures = Pictures { way, cell: PictureSize { width: 10, height: 20 } };
        self.store = Store::new(State::new(Prefs { pictures, ..prefs(size) }));
        for (i, film) in self.films.iter_mut().enumerate() {
            film.poster = Some(format!("/{i}.jpg"));
        }
        self.effects.clear();
        self.play(AppAction::Start);
        self
    }

    /// Presses keys until two seats are held and paying them needs a person.
    pub fn go_to_payment(&mut self) {
        self.keys("enter enter 2");
        self.wait(200);
        self.keys("enter enter");
    }

    pub fn mono(mut self) -> Self {
        self.depth = Depth::Mono;
        self
    }

    pub fn now(&self) -> Now {
        Now { mono_ms: self.mono_ms, wall: wall() }
    }

    /// Dispatches an action and answers all effects that follow from it.
    pub fn play(&mut self, action: impl Into<Action>) {
        let mut actions = vec![action.into()];
        while let Some(action) = actions.pop() {
            let effects = self.store.dispatch(self.now(), action);
            self.effects.extend(effects.iter().cloned());
            // The first effect is answered first: the stack gives back the last one put on it.
            let answers: Vec<Vec<Action>> = effects.into_iter().map(|effect| self.answers(effect)).collect();
            actions.extend(answers.into_iter().flatten().rev());
        }
    }

    /// Lets time pass, tick by tick as the loop would.
    pub fn wait(&mut self, ms: u64) {
        let end = self.mono_ms + ms;
        while let Some(at) = select::deadline(self.store.state(), self.now()).filter(|at| *at <= end) {
            self.mono_ms = at.max(self.mono_ms);
            self.play(AppAction::Tick);
        }
        self.mono_ms = end;
    }

    /// Presses keys by their names in the keymap, or types text: `"down enter 2"`, `"text:metro"`.
    pub fn keys(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            if let Some(text) = key.strip_prefix("text:") {
                for c in text.chars() {
                    self.key(crokey::KeyCombination::from(crokey::crossterm::event::KeyCode::Char(c)));
                }
                continue;
            }
            let upper = key.len() == 1 && key.chars().all(|c| c.is_ascii_uppercase());
            let name = if upper { format!("shift-{}", key.to_ascii_lowercase()) } else { key.to_owned() };
            self.key(crokey::parse(&name).unwrap_or_else(|_| panic!("{key} is a key")));
        }
    }

    fn key(&mut self, key: crokey::KeyCombination) {
        self.event(InputEvent::Key(key.normalized()));
    }

    /// What the terminal reports, on the last picture.
    pub fn event(&mut self, event: InputEvent) {
        let resolved = resolve::resolve(self.store.state(), &self.keymap, &self.hits, event);
        self.take(resolved);
    }

    fn take(&mut self, resolved: resolve::Resolved) {
        match resolved {
            resolve::Resolved::Action(action) => self.play(action),
            resolve::Resolved::Both(both) => both.into_iter().for_each(|one| self.take(one)),
            resolve::Resolved::Secret(_) => {
                let length = self.store.state().session.sign_in.secret_length + 1;
                self.play(SessionAction::SecretLength(length));
            }
            _ => {}
        }
    }

    /// Clicks at a cell of the last picture.
    pub fn click(&mut self, x: u16, y: u16) {
        self.draw();
        self.event(InputEvent::Click { x, y });
        self.event(InputEvent::Release);
    }

    pub fn draw(&mut self) -> (Buffer, Frame) {
        let state = self.store.state();
        let size = state.prefs.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        let theme = Theme::of(self.depth);
        let ctx = Ctx {
            theme: &theme,
            glyphs: glyphs::set(state.prefs.glyphs),
            keymap: &self.keymap,
            context: resolve::context(state),
            screen: resolve::screen_context(state),
        };
        let frame = root::draw(&select::view(state, self.now()), ctx, &mut buffer);
        self.hits = frame.hits.clone();
        let room = frame.poster.as_ref().map(|spot| (spot.area.width, spot.area.height));
        if let Some((columns, lines)) = room.filter(|room| self.store.state().posters.room() != Some(*room)) {
            self.play(PostersAction::Room(columns, lines));
        }
        (buffer, frame)
    }

    /// The text of the screen, a line a row.
    pub fn text(&mut self) -> String {
        let (buffer, _) = self.draw();
        super::styled::text(&buffer)
    }

    /// The request that watches the seats.
    pub fn watching(&self) -> Option<u64> {
        self.watch
    }

    /// The seats that a label means, such as `F7` or `F7-F9`.
    pub fn seats(&self, labels: &str) -> Vec<SeatIx> {
        let plan = self.store.state().seats.plan().unwrap();
        frontrow::domain::seating::spec::parse(&plan.chart, &plan.geometry, labels).unwrap()
    }

    /// The labels of the wanted seats.
    pub fn wanted(&self) -> String {
        let seats: Vec<SeatIx> = self.store.state().hold.wanted().iter().map(|pick| pick.ix).collect();
        self.store.state().seats.plan().unwrap().labels(&seats)
    }

    /// What the box office holds for this person.
    pub fn held(&self) -> &[SeatId] {
        &self.held
    }

    /// The sentence that was said last.
    pub fn said(&self) -> String {
        let said = self.store.state().notice.current.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
        self.keymap.spell(resolve::screen_context(self.store.state()), &said)
    }

    /// Puts the cursor on a seat.
    pub fn point(&mut self, label: &str) {
        let seat = self.seats(label)[0];
        self.play(SeatsAction::Point(seat));
    }

    /// Somebody else does something with seats; whoever watches hears of it.
    pub fn elsewhere(&mut self, labels: &str, state: SeatState) {
        let changes: Vec<(SeatIx, SeatState)> = self.seats(labels).into_iter().map(|seat| (seat, state)).collect();
        self.unheard(labels, state);
        if let Some(watch) = self.watch {
            self.play(SeatsAction::News(watch, SeatNews::Changes(changes)));
        }
    }

    /// The same, and nobody has heard of it yet.
    pub fn unheard(&mut self, labels: &str, state: SeatState) {
        for seat in self.seats(labels) {
            self.states.set(seat.get(), state);
        }
    }

    /// The states as the server has them: with what is held here.
    fn states_now(&self) -> SeatStates {
        let mut states = self.states.clone();
        for seat in self.held.iter().filter(|_| self.later.is_none()).filter_map(|id| self.find(id)) {
            states.set(seat.get(), SeatState::Held);
        }
        states
    }

    fn find(&self, id: &SeatId) -> Option<SeatIx> {
        self.hall.indices().find(|ix| self.hall.seat(*ix).id == *id)
    }

    /// Holds these seats as well and lets others go, or refuses all of it with the seats that are taken. Who watches
    /// hears of it before the answer comes.
    fn change(&mut self, req: u64, add: Vec<SeatId>, remove: &[SeatId]) -> Vec<Action> {
        let taken = |id: &SeatId| {
            let state = self.states.get(self.find(id)?.get());
            let reason = match state {
                SeatState::Free => return None,
                SeatState::Held => ConflictReason::Held,
                SeatState::Sold => ConflictReason::Sold,
                SeatState::Blocked => ConflictReason::Blocked,
            };
            Some(Conflict::new(id.clone(), self.priced(id).label, reason))
        };
        let conflicts: Vec<Conflict> = add.iter().filter_map(taken).collect();
        if !conflicts.is_empty() {
            let why = Failure { conflicts, ..Failure::new(FailureKind::SeatGone, "seat_taken", "A seat is taken.") };
            return vec![HoldAction::Settled(req, Err(why)).into()];
        }
        let told = |ids: &[SeatId], state| -> Vec<(SeatIx, SeatState)> {
            ids.iter().filter_map(|id| self.find(id)).map(|seat| (seat, state)).collect()
        };
        let mut changes = told(remove, SeatState::Free);
        changes.extend(told(&add, SeatState::Held));
        self.held.retain(|s| !remove.contains(s));
        self.held.extend(add);
        let hold = (!self.held.is_empty()).then(|| self.hold());
        let news = self.watch.map(|watch| SeatsAction::News(watch, SeatNews::Changes(changes)).into());
        news.into_iter().chain([HoldAction::Settled(req, Ok(hold)).into()]).collect()
    }

    fn answers(&mut self, effect: Effect) -> Vec<Action> {
        let fails = self.failing.is_some() || (self.unanswered)(&effect);
        match effect {
            _ if fails => self.answer(effect).into_iter().collect(),
            Effect::Hold { req, seats, .. } => self.change(req, seats, &[]),
            Effect::ChangeHold { req, edit, .. } => self.change(req, edit.add, &edit.remove),
            Effect::ReleaseHold { req, .. } => {
                let held = self.held.clone();
                self.change(req, Vec::new(), &held)
            }
            effect => self.answer(effect).into_iter().collect(),
        }
    }

    fn answer(&mut self, effect: Effect) -> Option<Action> {
        if (self.unanswered)(&effect) {
            return None;
        }
        // A refused seat fails the hold alone; an unreachable server fails everything.
        let fails = |why: &Failure| match why.kind {
            FailureKind::SeatGone => matches!(effect, Effect::Hold { .. } | Effect::ChangeHold { .. }),
            _ => !matches!(effect, Effect::Connect { .. }),
        };
        if let Some(why) = self.failing.clone().filter(fails) {
            return fail(&effect, why);
        }
        if let Some(answer) = super::backstage::answer(&effect, self.role.unwrap_or(Role::Customer)) {
            return Some(answer);
        }
        Some(match effect {
            Effect::Connect { after_ms: 0 } => NetAction::Connected { origin: "http://127.0.0.1:1".into() }.into(),
            Effect::RestoreSession => SessionAction::Restored(Ok(self.signed_in.then(person))).into(),
            Effect::LoadOffer(req) => SessionAction::OfferLoaded(req, Ok(self.offer.clone())).into(),
            Effect::SignInStep(req, step) => SessionAction::Stepped(req, Ok(self.step(&step))).into(),
            Effect::SignOut => SessionAction::SignedOut(Ok(())).into(),
            Effect::LoadCinema(req) => CatalogAction::CinemaLoaded(req, Ok(self.cinema.clone())).into(),
            Effect::LoadMovies(req) => CatalogAction::MoviesLoaded(req, Ok(self.films.clone())).into(),
            Effect::LoadRecommendations(req) => {
                CatalogAction::RecommendationsLoaded(req, Ok(self.recommended.clone())).into()
            }
            Effect::LoadTrailers(req) => CatalogAction::TrailersLoaded(req, Ok(self.trailers.clone())).into(),
            Effect::LoadPoster { req, place, fit, .. } => PostersAction::Loaded(req, Ok(painted(&place, fit))).into(),
            Effect::LoadShows(req, movie) | Effect::LoadTimes { req, movie, .. } => {
                let shows = self.shows(&movie);
                CatalogAction::ShowsLoaded(req, movie, Ok(shows)).into()
            }
            Effect::LoadFavourites(req) => CatalogAction::FavouritesLoaded(req, Ok(vec![])).into(),
            Effect::SetFavourite(movie, _) => CatalogAction::FavouriteSet(movie.clone(), Ok(vec![movie])).into(),
            Effect::LoadPlan(req, hash) => {
                if let Some(hall) = self.new_plan.take_if(|hall| json::hash(hall) == hash) {
                    self.states = SeatStates::free(hall.seats.len());
                    self.hall = hall;
                }
                SeatsAction::PlanLoaded(req, Ok(Arc::new(Plan::of(hash, self.hall.clone())))).into()
            }
            Effect::LoadStates { req, .. } => {
                SeatsAction::StatesLoaded(req, Ok(Some(("tag".into(), self.states_now())))).into()
            }
            Effect::WatchSeats { req, .. } if self.tells_news => {
                self.watch = Some(req);
                SeatsAction::News(req, SeatNews::States(self.states_now())).into()
            }
            Effect::WatchSeats { req, .. } => {
                let why = Failure::new(FailureKind::NotFound, "no_news", "The box office tells no news.");
                SeatsAction::NewsLost(req, why).into()
            }
            Effect::StopWatching => {
                self.watch = None;
                return None;
            }
            Effect::ReleaseHold { req, .. } => HoldAction::Settled(req, Ok(None)).into(),
            Effect::Book { req, .. } => {
                let booking = self.booking();
                self.bookings.insert(0, booking.clone());
                CheckoutAction::Settled(req, Ok(booking)).into()
            }
            Effect::LoadBookings(req) => {
                self.was_read();
                BookingsAction::Loaded(req, Ok(self.bookings.clone())).into()
            }
            Effect::CancelBooking(code) => {
                let booking = self.bookings.iter_mut().find(|b| b.code == code)?;
                booking.status = BookingStatus::Cancelled;
                booking.refundable = None;
                BookingsAction::Cancelled(code, Ok(booking.clone())).into()
            }
            _ => return None,
        })
    }

    /// The service's answer: what it asks for, and when that is given, that somebody is signed in. An approval is
    /// given by the test itself.
    fn step(&mut self, step: &SignInStep) -> Stepped {
        match step {
            SignInStep::SendCode { .. } => Stepped::Asks(code(CodeFrom::Email, &[])),
            SignInStep::Device => Stepped::Asks(Challenge::Approval(approval())),
            SignInStep::Browser => {
                let url = "https://id.example.org/authorize?client_id=frontrow&state=4r8k2".into();
                Stepped::Asks(Challenge::Approval(Approval { url, user_code: None, url_with_code: None, ..approval() }))
            }
            _ => self.asks.take().map_or_else(|| Stepped::Done(person()), Stepped::Asks),
        }
    }

    /// Somebody has approved the sign-in on another device; the answer to the wait comes in.
    pub fn approve(&mut self) {
        let waits = self.effects.iter().rev().find_map(|e| match e {
            Effect::AwaitApproval(req) => Some(*req),
            _ => None,
        });
        if let Some(req) = waits {
            self.play(SessionAction::Stepped(req, Ok(Stepped::Done(person()))));
        }
    }

    /// Pastes text, as the terminal hands it over.
    pub fn paste(&mut self, text: &str) {
        let event = InputEvent::Paste(text.to_owned());
        match resolve::resolve(self.store.state(), &self.keymap, &self.hits, event) {
            resolve::Resolved::Action(action) => self.play(action),
            resolve::Resolved::SecretPaste(text) => {
                let length =
                    self.store.state().session.sign_in.secret_length + text.chars().filter(|c| !c.is_control()).count();
                self.play(SessionAction::SecretLength(length));
            }
            _ => {}
        }
    }

    fn shows(&self, movie: &MovieId) -> Vec<Show> {
        let film = films().into_iter().find(|m| m.id == *movie).unwrap();
        let free = self.states.iter().filter(|s| *s == SeatState::Free).count() as u32;
        let starts = ["13:00Z", "16:30Z", "19:15Z"];
        let chart = json::hash(self.new_plan.as_ref().unwrap_or(&self.hall));
        (22..27)
            .flat_map(|day| starts.iter().enumerate().map(move |(i, at)| (day, i, at)))
            .map(|(day, i, at)| {
                let starts_at: jiff::Timestamp = format!("2026-11-{day}T{at}").parse().unwrap();
                let free = if (day + i) % 5 == 0 { 11 } else { free };
                let tells = !self.tells_little_of_shows;
                Show {
                    id: ShowId::new(format!("{movie}-{day}{i}")),
                    movie: movie.clone(),
                    movie_title: film.title.clone(),
                    starts_at,
                    ends_at: starts_at + jiff::SignedDuration::from_mins(i64::from(film.runtime_min)),
                    hall: HallId::new("hall"),
                    hall_name: if tells { self.hall.name.clone() } else { "".into() },
                    chart: chart.clone(),
                    seats: self.hall.sellable() as u32,
                    free: tells.then_some(free),
                    prices: if tells { self.prices() } else { Vec::new() },
                    tickets: Vec::new(),
                }
            })
            .collect()
    }

    fn prices(&self) -> Vec<CategoryPrice> {
        let mut prices = prices(&self.hall);
        if self.later.is_some() {
            prices.iter_mut().for_each(|price| price.price = None);
        }
        prices.retain(|price| !self.unpriced.contains(&price.category));
        prices
    }

    fn priced(&self, id: &SeatId) -> PricedSeat {
        let ix = self.find(id).unwrap();
        PricedSeat {
            id: id.clone(),
            label: frontrow::domain::seating::spec::label(&self.hall, ix).as_str().into(),
            category: self.hall.category_of(ix).name.clone(),
            price: Some(price(&self.hall, ix)).filter(|_| self.later.is_none()),
            ticket: None,
        }
    }

    fn hold(&self) -> Hold {
        let seats: Vec<_> = self.held.iter().map(|id| self.priced(id)).collect();
        if self.later.is_some() {
            return later::hold(seats);
        }
        Hold {
            id: HoldId::new("hold-1"),
            show: ShowId::new("222"),
            total: Money::sum(seats.iter().map(|s| s.price)).or(Some(eur(0))),
            seats,
            expires_at: Some(wall()),
            ttl_ms: Some(600_000),
            extensions_left: 10,
        }
    }

    fn booking(&self) -> Booking {
        let hold = self.hold();
        let show = self.store.state().seats.show.clone().unwrap();
        let booking = Booking {
            code: BookingCode::new("K7Q-4MX"),
            status: BookingStatus::Paid,
            show: show.id,
            movie: show.movie,
            movie_title: show.movie_title,
            hall_name: show.hall_name,
            starts_at: Some(show.starts_at),
            ends_at: Some(show.ends_at),
            seats: hold.seats,
            total: hold.total,
            payment: PaymentMethod::Demo,
            created_at: wall(),
            refundable: hold.total,
            payment_page: None,
            unpayable: None,
            troubles: Vec::new(),
            ticket: format!("CT1.{}", "A7K0".repeat(36)),
        };
        if self.later.is_some() { later::unpaid(booking) } else { booking }
    }
}

fn fail(effect: &Effect, why: Failure) -> Option<Action> {
    Some(match effect {
        Effect::LoadPoster { req, .. } => PostersAction::Loaded(*req, Err(why)).into(),
        Effect::LoadCinema(req) => CatalogAction::CinemaLoaded(*req, Err(why)).into(),
        Effect::LoadMovies(req) => CatalogAction::MoviesLoaded(*req, Err(why)).into(),
        Effect::LoadShows(req, movie) | Effect::LoadTimes { req, movie, .. } => {
            CatalogAction::ShowsLoaded(*req, movie.clone(), Err(why)).into()
        }
        Effect::LoadStates { req, .. } => SeatsAction::StatesLoaded(*req, Err(why)).into(),
        Effect::LoadPlan(req, _) => SeatsAction::PlanLoaded(*req, Err(why)).into(),
        Effect::Hold { req, .. } | Effect::ChangeHold { req, .. } => HoldAction::Settled(*req, Err(why)).into(),
        Effect::Book { req, .. } => CheckoutAction::Settled(*req, Err(why)).into(),
        Effect::LoadBookings(req) => BookingsAction::Loaded(*req, Err(why)).into(),
        Effect::LoadOffer(req) => SessionAction::OfferLoaded(*req, Err(why)).into(),
        Effect::SignInStep(req, _) | Effect::AwaitApproval(req) => SessionAction::Stepped(*req, Err(why)).into(),
        effect => return super::backstage::fail(effect, why),
    })
}

fn prefs(size: Size) -> Prefs {
    Prefs { size, seed: [7; 16], sure_offer: Some(sure_offer()), ..Prefs::default() }
}
