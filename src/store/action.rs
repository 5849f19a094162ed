//! Everything that can happen: wishes of the person (`Toggle`), and facts from outside (`Held`).

use super::{
    effect::{FieldId, Intent},
    remote::Req,
    slices::{
        admin::{Entry, Page},
        nav::Route,
        overlay::Question,
        seats::list::Line,
        session::{Choice, Person, Stepped},
    },
};
use crate::{
    domain::{
        admin::{Candidate, Dashboard, Role, ShowSales, SoldBooking},
        booking::Booking,
        chart::{grid::Step, plan::Plan},
        cinema::Cinema,
        failure::Failure,
        ids::{BookingCode, MovieId, SeatIx, ShowId},
        movie::{Movie, Recommendation, Trailer},
        picture::{Picture, PictureSize},
        show::{Hold, SeatNews, SeatState, SeatStates, Show},
        sign_in::Offer,
    },
    store::state::Size,
};
use std::sync::Arc;

/// Declares the action of all slices and the way from each slice's own into it.
macro_rules! actions {
    ($($variant:ident($action:ty)),* $(,)?) => {
        #[derive(Clone, Debug, PartialEq)]
        pub enum Action { $($variant($action)),* }
        $(impl From<$action> for Action { fn from(action: $action) -> Self { Self::$variant(action) } })*
    };
}

actions! {
    App(AppAction), Net(NetAction), Session(SessionAction), Catalog(CatalogAction), Seats(SeatsAction),
    Hold(HoldAction), Checkout(CheckoutAction), Bookings(BookingsAction), Nav(NavAction), Overlay(OverlayAction),
    Notice(NoticeAction), Posters(PostersAction), Admin(AdminAction),
}

/// What concerns the program as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum AppAction {
    Start,
    /// A deadline that some slice asked for has come.
    Tick,
    Resize(Size),
    /// Goes on with what the screen is for: the footer's `Enter`.
    Go,
    /// Ask to leave; a second time within two seconds leaves.
    Interrupt,
    Quit,
    /// Ask for everything on the screen again.
    Reload,
    /// Something inside failed that should not have.
    TaskPanicked(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum NetAction {
    Connect,
    Connected {
        origin: String,
    },
    Failed(Failure),
    /// A call found the server out of reach / in reach again.
    Lost(Failure),
    Back,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SessionAction {
    Restore,
    Restored(Result<Option<Person>, Failure>),
    /// Someone must be signed in for this: it goes on at once, or after the sign-in screen.
    Require(Intent),
    /// The account screen, for its own sake.
    Open,
    /// One step back on the account screen; from its first page, off it.
    Back,
    /// The account screen was left, in whatever way.
    Left,
    OfferLoaded(Req, Result<Offer, Failure>),
    Focus(FieldId),
    NextField,
    PreviousField,
    SwitchMode,
    /// The other ways to sign in, or another code that is accepted.
    Others,
    Choose(Choice),
    Edit(tui_input::InputRequest),
    Paste(String),
    /// The length of the secret that is being typed; the secret itself never comes here.
    SecretLength(usize),
    Submit,
    /// A code that was sent, or the approval's code, once more.
    Again,
    Stepped(Req, Result<Stepped, Failure>),
    /// A call was made: there may be something to warn of.
    Look,
    Reported(Vec<String>),
    /// The server no longer knows the session. What was wanted of it goes on after the next sign-in.
    Ended {
        why: Failure,
        wanted: Option<Intent>,
    },
    SignOut,
    SignedOut(Result<(), Failure>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum CatalogAction {
    Load,
    CinemaLoaded(Req, Result<Cinema, Failure>),
    MoviesLoaded(Req, Result<Vec<Movie>, Failure>),
    ShowsLoaded(Req, MovieId, Result<Vec<Show>, Failure>),
    Search(tui_input::InputRequest),
    Paste(String),
    ClearSearch,
    Move(ListStep),
    Select(MovieId),
    SelectShow(ShowId),
    /// Seats were booked or let go: the numbers of free seats are old.
    Stale,
    /// To the list of times, and back to the films.
    EnterTimes,
    LeaveTimes,
    OpenShow(ShowId),
    ToggleFavourite,
    FavouritesOnly,
    LoadFavourites,
    FavouritesLoaded(Req, Result<Vec<MovieId>, Failure>),
    FavouriteSet(MovieId, Result<Vec<MovieId>, Failure>),
    /// Nobody is signed in any more.
    ForgetFavourites,
    RecommendationsLoaded(Req, Result<Vec<Recommendation>, Failure>),
    TrailersLoaded(Req, Result<Vec<Trailer>, Failure>),
    RecommendedOnly,
    /// Lists the trailers over the screen.
    Trailers,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PostersAction {
    /// The screen has so many columns and lines for a poster.
    Room(u16, u16),
    /// A cell of the terminal has so many pixels.
    Cell(PictureSize),
    Loaded(Req, Result<Picture, Failure>),
}

/// A step in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStep {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SeatsAction {
    Enter(Show),
    PlanLoaded(Req, Result<Arc<Plan>, Failure>),
    StatesLoaded(Req, Result<Option<(String, SeatStates)>, Failure>),
    /// News of the watch that the request of that number began.
    News(Req, SeatNews),
    /// The watch is not heard at the moment; it is begun again by itself.
    NewsLost(Req, Failure),
    /// The states of these seats, as the answer to a hold tells them.
    Known(Vec<(SeatIx, SeatState)>),
    /// Wanted seats that the server refused, with what they are now.
    Taken(Vec<(SeatIx, SeatState)>),
    /// What is wanted has changed.
    Wished,
    /// The same show with another plan.
    ShowChanged(Show),
    /// The seats can be seen, as the map or at the payment; and can no longer.
    Shown,
    Hidden,
    /// What is told of the seats must be true now: they are read again where there are no news of them.
    Look,
    /// The box office is in reach again, by another connection: what was watched is not any more.
    Reconnected,
    Refresh,
    Leave,
    /// The footer's `Enter`: takes what is offered, the seat under the cursor, or goes to the payment.
    Go,
    Step(Step),
    Point(SeatIx),
    /// A section as a whole was chosen. Seen from afar, the cursor goes there, and if it is there already, into it; from
    /// near, the best seats of it for the party are meant, or so many places where people stand.
    Area(u16),
    /// To the seat nearest to a place of the grid.
    Jump {
        line: u32,
        col: u32,
    },
    /// Toggle the seat under the cursor.
    Toggle,
    ToggleSeat(SeatIx),
    /// The mouse's button went down on a seat, was drawn to another one, and went up.
    Press(SeatIx),
    DragTo(SeatIx),
    EndDrag,
    /// The best seats for the party in a line of the grid.
    BestInRow(u32),
    /// From the anchor to the cursor.
    Range,
    DropLast,
    Clear,
    /// Back to what was wanted before the last change.
    Undo,
    /// Moves the wanted seats so that no single seat stays alone.
    Fix,
    /// Hold the seats whose time ran out once more, or the nearest to them.
    Again,
    /// Whether somebody needs a place that is kept for wheelchairs.
    Accessible(Reply),
    /// So many more places of a general-admission section, by its index.
    TakePlaces {
        section: u16,
        count: u8,
    },
    Party(u8),
    /// The next or previous proposal.
    Alternative(Turn),
    NextFree,
    Best,
    Zoom(Zoom),
    Level(Turn),
    /// To the previous or next section.
    Section(Turn),
    /// Exchanges left and right, and back.
    Mirror,
    Scroll {
        lines: i32,
        cols: i32,
    },
    OpenTyped,
    /// The line, with this in it already.
    TypeFrom(String),
    /// As if this had been typed and entered.
    TypeIn(String),
    Typed(tui_input::InputRequest),
    TypedPaste(String),
    TypedPast(Turn),
    TypedComplete,
    SubmitTyped,
    CloseTyped,
    /// The seats as a list instead of the map, and back.
    List,
    ListStep(ListStep),
    /// What a clicked line is for.
    ListOpen(Line),
    ListBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Next,
    Previous,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    In,
    Out,
    Auto,
}

#[derive(Clone, Debug, PartialEq)]
pub enum HoldAction {
    /// These seats of this show are wanted now, in this order.
    Want {
        show: ShowId,
        plan: Arc<Plan>,
        seats: Vec<SeatIx>,
    },
    /// The hall has another plan, in which seats are the same by their ids.
    Moved(Arc<Plan>),
    /// An answer of the server to the request of that number: what is held now, if anything.
    Settled(Req, Result<Option<Hold>, Failure>),
    Extend,
    /// Hold the seats that have lapsed once more.
    Again,
    /// The sale of the held seats is under way, and they cannot run out; or it has come to nothing.
    Committing,
    Refused,
    Release,
    /// A booking has taken the held seats over.
    Consumed,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CheckoutAction {
    Open,
    Pay,
    PayNow,
    Settled(Req, Result<Booking, Failure>),
    /// Look whether the payment went through.
    Ask,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BookingsAction {
    Open,
    Load,
    Loaded(Req, Result<Vec<Booking>, Failure>),
    Move(ListStep),
    Select(BookingCode),
    /// A sale that was first asked for at `asked_ms` has just made this booking.
    Booked {
        booking: Booking,
        asked_ms: u64,
    },
    /// The screen of this booking is open, or none is any more.
    Watch(Option<BookingCode>),
    /// Somebody has signed in: a booking whose screen is open is theirs, or is not known any more.
    Reopen,
    /// The next step of paying the shown booking.
    Pay,
    OpenTicket(BookingCode),
    OpenSelected,
    AskCancel,
    Cancel(BookingCode),
    Cancelled(BookingCode, Result<Booking, Failure>),
    /// Nobody is signed in any more.
    Forget,
}

/// The pages for those who run the cinema.
#[derive(Clone, Debug, PartialEq)]
pub enum AdminAction {
    /// What may whoever is signed in do here?
    Ask,
    RoleLoaded(Req, Result<Role, Failure>),
    /// Nobody is signed in any more, or somebody else.
    Forget,
    Open(Page),
    /// To the page beside.
    Turn(Turn),
    Reload,
    DashboardLoaded(Req, Result<Dashboard, Failure>),
    ShowsLoaded(Req, Result<Vec<ShowSales>, Failure>),
    BookingsLoaded(Req, Result<Vec<SoldBooking>, Failure>),
    CandidatesLoaded(Req, Result<Vec<Candidate>, Failure>),
    /// The answer to the shows that were sent.
    Added(Req, Result<(), Failure>),
    Move(ListStep),
    Select(Entry),
    Edit(tui_input::InputRequest),
    Paste(String),
    Go,
    Back,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NavAction {
    Open(Route),
    Home,
    Back,
    /// Away from the pages for those who run the cinema, wherever they are below.
    LeaveAdmin,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OverlayAction {
    Help,
    Scroll(ListStep),
    /// Opens the command line.
    CommandLine,
    Line(LineAction),
    /// Lists trailers, the cursor on the one of that place.
    Trailers {
        list: Vec<Trailer>,
        at: usize,
    },
    /// Shows where the trailer under the cursor is, and opens it where that can be seen.
    OpenTrailer,
    Ask(Question),
    Answer(Reply),
    Close,
    CloseAll,
}

/// What happens to the command line. What its text means is found out where the keymap is.
#[derive(Clone, Debug, PartialEq)]
pub enum LineAction {
    Edit(tui_input::InputRequest),
    Paste(String),
    /// The text as it was completed.
    Set(String),
    Past(Turn),
    /// The text means nothing, and why.
    Refuse(String),
    /// The text was a command, which follows.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Yes,
    No,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NoticeAction {
    Say(Tone, String),
    Dismiss,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Good,
    Bad,
}
