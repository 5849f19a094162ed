//! What the client needs from outside, as traits. The real ones are in `api` and `auth`.

use crate::domain::{
    admin::{Candidate, Dashboard, NewShows, Role, ShowSales, SoldBooking},
    booking::{Booking, PaymentMethod},
    chart::Chart,
    cinema::Cinema,
    failure::Failure,
    ids::{BookingCode, ChartHash, HoldId, MovieId, SaleKey, SeatId, ShowId},
    movie::{Movie, Recommendation, Trailer},
    seating::party::{Party, PartyHold, PricedProposal},
    show::{Hold, SeatNews, SeatStates, Show, ShowPlan},
    sign_in::{CodeFrom, Offer, Progress},
    user::User,
};
pub use crate::domain::{
    movie::Favourite,
    picture::{Picture, PictureSize},
    show::{HoldEdit, HoldTime, LeftAlone},
};
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use secrecy::SecretString;
use std::sync::Arc;

/// A token for one call. It is passed by value, so that it cannot be used twice, and never printed.
pub struct Bearer(SecretString);

impl Bearer {
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }
    /// The token, for the `Authorization` header and nothing else.
    pub fn into_secret(self) -> SecretString {
        self.0
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(***)")
    }
}

/// The states of a show's seats, or word that they are still what the caller knows.
#[derive(Clone, Debug, PartialEq)]
pub enum SeatsNow {
    Unchanged,
    States { etag: String, states: SeatStates },
}

/// The code of a failure to watch at a server that tells no news of these seats, or none that can be understood.
pub const NO_NEWS: &str = "no_news";

/// The code of a failure to tell of seats: the show has another plan now, by whose places they are told.
pub const CHART_CHANGED: &str = "chart_changed";

/// The code of a failure whose token had expired on arrival, where nothing was done: another token may do.
pub const EXPIRED: &str = "token_expired";

/// Whether nothing was done, and the same call with another token may do.
pub fn wants_another_token(failure: &Failure) -> bool {
    failure.code == "invalid_token" || failure.code == EXPIRED
}

/// The code of a failure by clocks that differ: another token would not do either.
pub const CLOCK: &str = "clock";

/// See [`BoxOffice::watch`].
pub type SeatStream = BoxStream<'static, Result<SeatNews, Failure>>;

/// What became of a sale that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Sale {
    /// It is booked.
    Booked(Booking),
    /// It was sent, to a server that does not say what it has made of it: [`BoxOffice::sold`] looks.
    Sent,
}

/// The remote booking API. A call that needs a person takes a [`Bearer`].
#[async_trait]
pub trait BoxOffice: Send + Sync {
    async fn cinema(&self) -> Result<Cinema, Failure>;
    async fn movies(&self) -> Result<Vec<Movie>, Failure>;
    /// The shows of one film that are on sale, by time.
    async fn shows(&self, movie: &MovieId) -> Result<Vec<Show>, Failure>;
    async fn show(&self, show: &ShowId) -> Result<Show, Failure>;
    async fn chart(&self, hash: &ChartHash) -> Result<Arc<Chart>, Failure>;
    /// The states of a show's seats, unless they are still those of `known`. Fails with the code [`CHART_CHANGED`] if
    /// the show has another plan than `of` says.
    async fn seats(&self, of: &ShowPlan, known: Option<&str>) -> Result<SeatsNow, Failure>;
    /// The news of a show's seats from now on, the first of them all states. It ends with a failure when the connection
    /// is lost, and with one of the code [`NO_NEWS`] or [`CHART_CHANGED`] when there is no use in watching again.
    async fn watch(&self, of: &ShowPlan) -> Result<SeatStream, Failure>;
    /// Watches again what was watched until the connection was lost: the news go on where they ended, first of all with
    /// changes (of which there may be none), or begin with all states.
    async fn watch_again(&self, of: &ShowPlan) -> Result<SeatStream, Failure> {
        self.watch(of).await
    }
    /// The best seats for a party, best first, at most `limit` proposals. Nothing is held.
    async fn propose(&self, show: &ShowId, party: &Party, limit: u32) -> Result<Vec<PricedProposal>, Failure>;
    /// Holds all of the seats or none. `ttl_ms` of the answer is already shortened by half the round trip.
    async fn hold(&self, show: &ShowId, seats: &[SeatId], alone: LeftAlone) -> Result<Hold, Failure>;
    /// Finds the best seats for a party and holds just these.
    async fn hold_party(&self, show: &ShowId, party: &Party) -> Result<PartyHold, Failure>;
    /// A change that leaves a single seat alone is made all the same; the hold cannot be booked before it is mended.
    async fn change_hold(&self, hold: &HoldId, edit: &HoldEdit) -> Result<Hold, Failure>;
    async fn release(&self, hold: &HoldId) -> Result<(), Failure>;
    /// Books what a hold holds. The same key again gives the same booking, and is never sent twice to a server that
    /// would book twice.
    async fn book(&self, bearer: Bearer, hold: &HoldId, payment: PaymentMethod, key: &SaleKey)
    -> Result<Sale, Failure>;
    /// Looks what became of a sale that was [`Sale::Sent`]: the booking with its page to pay at and the troubles of its
    /// seats, or why there is none. Fails with [`FailureKind::Unknown`] where it cannot be known yet, so that looking
    /// again makes sense.
    ///
    /// [`FailureKind::Unknown`]: crate::domain::failure::FailureKind::Unknown
    async fn sold(&self, bearer: Bearer, key: &SaleKey) -> Result<Booking, Failure>;
    async fn bookings(&self, bearer: Bearer) -> Result<Vec<Booking>, Failure>;
    async fn cancel(&self, bearer: Bearer, code: &BookingCode) -> Result<Booking, Failure>;
    async fn favourites(&self, bearer: Bearer) -> Result<Vec<MovieId>, Failure>;
    async fn set_favourite(&self, bearer: Bearer, movie: &MovieId, wanted: Favourite) -> Result<Vec<MovieId>, Failure>;
    /// Trailers of films that are playing; none where the server has none.
    async fn trailers(&self) -> Result<Vec<Trailer>, Failure> {
        Ok(Vec::new())
    }
    /// Films for this person; none where the server recommends none.
    async fn recommendations(&self, _: Bearer) -> Result<Vec<Recommendation>, Failure> {
        Ok(Vec::new())
    }
}

/// The pages for those who run the cinema. Every call is refused to anybody else.
#[async_trait]
pub trait Backstage: Send + Sync {
    /// What this person may do here. It fails where it cannot be known, which is no answer.
    async fn role(&self, bearer: Bearer) -> Result<Role, Failure>;
    async fn dashboard(&self, bearer: Bearer) -> Result<Dashboard, Failure>;
    /// All shows that are on sale, by time.
    async fn shows(&self, bearer: Bearer) -> Result<Vec<ShowSales>, Failure>;
    /// All bookings, newest first.
    async fn bookings(&self, bearer: Bearer) -> Result<Vec<SoldBooking>, Failure>;
    /// Films that can be added.
    async fn candidates(&self, bearer: Bearer) -> Result<Vec<Candidate>, Failure>;
    /// Adds shows. It is never sent twice by itself: the server would add them twice.
    async fn add(&self, bearer: Bearer, shows: &NewShows) -> Result<(), Failure>;
}

/// What was learned of servers, so that it is not found out anew each time. Nothing secret.
pub trait Notebook: Send + Sync {
    /// What was noted of a server, by its origin.
    fn read(&self, server: &str) -> Option<String>;
    /// Notes it in place of what was noted before. What cannot be written is found out again.
    fn write(&self, server: &str, note: &str);
}

/// Fetches the pictures of films.
#[async_trait]
pub trait Gallery: Send + Sync {
    /// The picture at a place that a server named ([`Movie::poster`]), made to fit into so many pixels.
    async fn poster(&self, place: &str, fit: PictureSize) -> Result<Picture, Failure>;
}

/// One step of a sign-in, with the secrets that a person gave for it.
pub enum Step {
    Password {
        email: String,
        password: SecretString,
    },
    SignUp {
        email: String,
        name: String,
        password: SecretString,
    },
    /// Asks for a code to be sent to this address.
    SendCode {
        email: String,
    },
    /// The answer to [`Challenge::Code`](crate::domain::sign_in::Challenge::Code). Of the codes that are accepted
    /// instead, those that are sent are only sent when an empty one is given.
    Code {
        from: CodeFrom,
        code: SecretString,
    },
    Ticket {
        ticket: SecretString,
    },
    /// Asks for an approval on another device.
    Device,
    /// Asks for an approval in this machine's browser, and opens it.
    Browser,
    /// Waits until the approval that was asked for is given, refused or too late. Dropping it gives the wait up.
    Await,
}

/// The code of a failure to tell the server of a sign-out that was made here.
pub const NOT_TOLD: &str = "not_told";

/// The person at this program. One for each server.
#[async_trait]
pub trait Session: Send + Sync {
    /// How somebody can sign in here.
    async fn offer(&self) -> Result<Offer, Failure>;
    /// Takes one step of a sign-in. The service remembers what came before it.
    async fn step(&self, step: Step) -> Result<Progress, Failure>;
    /// Who is signed in: the stored credential, proven by a mint where the server can be reached. `None` when nobody
    /// is.
    async fn restore(&self) -> Result<Option<User>, Failure>;
    /// Forgets the credential here, even when the server cannot be told: then with a failure of the code [`NOT_TOLD`].
    async fn sign_out(&self) -> Result<(), Failure>;
    /// A token for one call: minted at or after this was asked for, unless the person's policy allows an older one.
    async fn fresh(&self) -> Result<Bearer, Failure>;
    /// One line for people: where the credential is kept.
    fn kept_in(&self) -> String;
    /// How it has gone since the program started.
    fn report(&self) -> SessionReport {
        SessionReport { kept_in: self.kept_in(), ..SessionReport::default() }
    }
    /// Marks a call of the person's as under way, until the answer is dropped.
    fn begin(&self) -> Underway {
        Underway::default()
    }
    /// Word that the server did not accept a token: none that was minted so far is used again.
    fn refused(&self) {}
    /// Replaces the credential if the service finds that it is time for it, and nobody's call is under way. Being
    /// interrupted does no harm. What goes wrong is logged and reported: no call has failed by it.
    async fn upkeep(&self) {}
    /// Waits until nothing is on its way that must be written down, such as the successor of a credential that each
    /// mint replaces. A program that ends calls this, or the sign-in may be lost.
    async fn settle(&self) {}
}

/// How a session has gone since the program started, for people and for `doctor auth`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionReport {
    /// Tokens minted.
    pub mints: u64,
    /// What the last 100 mints took, from asking for one until it was there; `None` before the first.
    pub mint_times: Option<MintTimes>,
    /// Seconds by which the server's clock is ahead of this machine's, as of the last mint that told it.
    pub skew_s: Option<i64>,
    /// Counts the credentials that the session has had, from 1; `None` until the credential was read.
    pub generation: Option<u32>,
    /// Where the credential is kept.
    pub kept_in: String,
    /// Sentences for people about what needs their attention.
    pub warnings: Vec<String>,
}

/// Percentiles, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintTimes {
    pub p50_ms: u64,
    pub p95_ms: u64,
}

/// A call under way. Clones count as one more.
#[derive(Clone, Debug, Default)]
pub struct Underway(Arc<()>);

impl Underway {
    /// Whether no other clone is left.
    pub fn is_last(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

/// Everything that reaches one server.
#[derive(Clone)]
pub struct Ports {
    pub office: Arc<dyn BoxOffice>,
    /// Absent where the API has no such pages.
    pub backstage: Option<Arc<dyn Backstage>>,
    /// Absent where no pictures are fetched.
    pub gallery: Option<Arc<dyn Gallery>>,
    pub session: Arc<dyn Session>,
    /// The server, for people.
    pub origin: String,
}

/// Makes the ports: starts or joins the embedded box office, or reaches a remote one. May take a while, so it is
/// only called after the first frame.
#[async_trait]
pub trait Connector: Send + Sync {
    async fn connect(&self) -> Result<Ports, Failure>;
}
