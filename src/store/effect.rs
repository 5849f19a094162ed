//! What is to be done outside, as data: comparable, printable, replayable.

use super::{remote::Req, slices::admin::Page};
use crate::domain::{
    admin::NewShows,
    booking::PaymentMethod,
    ids::{BookingCode, ChartHash, HoldId, MovieId, SaleKey, SeatId, ShowId},
    movie::Favourite,
    picture::PictureSize,
    show::{HoldEdit, ShowPlan},
    sign_in::CodeFrom,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Reach the server and make the ports.
    Connect {
        after_ms: u64,
    },
    RestoreSession,
    /// What the session has to warn of, such as a clock that is wrong.
    ReadReport,
    LoadCinema(Req),
    LoadMovies(Req),
    LoadShows(Req, MovieId),
    /// The shows of a film that nobody has chosen, to say when it plays next. Each lane has one such request under way.
    LoadTimes {
        lane: usize,
        req: Req,
        movie: MovieId,
    },
    LoadRecommendations(Req),
    LoadTrailers(Req),
    /// Fetches a film's poster, unless another one is wanted within the time.
    LoadPoster {
        req: Req,
        place: String,
        fit: PictureSize,
        after_ms: u64,
    },
    LoadPlan(Req, ChartHash),
    LoadStates {
        req: Req,
        of: ShowPlan,
        known: Option<String>,
    },
    /// Hears the news of a show's seats until told otherwise, and begins again by itself when the connection is lost.
    WatchSeats {
        req: Req,
        of: ShowPlan,
    },
    StopWatching,
    Hold {
        req: Req,
        show: ShowId,
        seats: Vec<SeatId>,
    },
    ChangeHold {
        req: Req,
        hold: HoldId,
        edit: HoldEdit,
    },
    ReleaseHold {
        req: Req,
        hold: HoldId,
    },
    Book {
        req: Req,
        hold: HoldId,
        payment: PaymentMethod,
        key: SaleKey,
    },
    LoadBookings(Req),
    CancelBooking(BookingCode),
    LoadFavourites(Req),
    SetFavourite(MovieId, Favourite),
    LoadOffer(Req),
    SignInStep(Req, SignInStep),
    /// Waits for the approval that the step before has asked for.
    AwaitApproval(Req),
    /// Gives up the step or the wait that is under way.
    AbandonSignIn,
    SignOut,
    /// What whoever is signed in may do here.
    LoadRole(Req),
    LoadDashboard(Req),
    LoadAllShows(Req),
    LoadAllBookings(Req),
    LoadCandidates(Req),
    AddShows(Req, NewShows),
    ForgetSecret,
    /// Opens a page in the person's browser.
    OpenPage(String),
    Bell,
    /// End the loop once everything that must finish has finished.
    Quit,
}

/// One step of a sign-in. What is secret in it, a password, a code or a ticket, is in the secret pad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInStep {
    Password { email: String },
    SignUp { email: String, name: String },
    SendCode { email: String },
    Code(CodeFrom),
    Ticket,
    Device,
    Browser,
}

/// Effects of one slot are about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Connection,
    Session,
    Report,
    Offer,
    SignIn,
    SignOut,
    Cinema,
    Movies,
    Shows,
    Times(usize),
    Recommendations,
    Trailers,
    Poster,
    Plan,
    States,
    Watch,
    Hold,
    Sale,
    Bookings,
    Cancellation,
    Favourites,
    Favourite,
    Role,
    Dashboard,
    AllShows,
    AllBookings,
    Candidates,
    NewShows,
}

/// What happens when an effect comes while another of its slot is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The older one is given up: for loads.
    TakeLatest,
    /// The newer one is dropped: for what must not happen twice.
    TakeLeading,
    /// Both run, one after the other, and quitting waits for them.
    MustFinish,
}

impl Effect {
    /// The slot and policy of an effect that takes time; `None` for those that are done at once.
    pub fn slot(&self) -> Option<(Slot, Policy)> {
        use Policy::*;
        Some(match self {
            Effect::Connect { .. } => (Slot::Connection, TakeLatest),
            Effect::RestoreSession => (Slot::Session, TakeLatest),
            Effect::LoadCinema(_) => (Slot::Cinema, TakeLatest),
            Effect::LoadMovies(_) => (Slot::Movies, TakeLatest),
            Effect::LoadShows(..) => (Slot::Shows, TakeLatest),
            Effect::LoadTimes { lane, .. } => (Slot::Times(*lane), TakeLatest),
            Effect::LoadRecommendations(_) => (Slot::Recommendations, TakeLatest),
            Effect::LoadTrailers(_) => (Slot::Trailers, TakeLatest),
            Effect::LoadPoster { .. } => (Slot::Poster, TakeLatest),
            Effect::LoadPlan(..) => (Slot::Plan, TakeLatest),
            Effect::LoadStates { .. } => (Slot::States, TakeLatest),
            Effect::WatchSeats { .. } => (Slot::Watch, TakeLatest),
            Effect::Hold { .. } | Effect::ChangeHold { .. } | Effect::ReleaseHold { .. } => (Slot::Hold, MustFinish),
            Effect::Book { .. } => (Slot::Sale, TakeLeading),
            Effect::LoadBookings(_) => (Slot::Bookings, TakeLatest),
            Effect::CancelBooking(_) => (Slot::Cancellation, TakeLeading),
            Effect::LoadFavourites(_) => (Slot::Favourites, TakeLatest),
            Effect::SetFavourite(..) => (Slot::Favourite, MustFinish),
            Effect::ReadReport => (Slot::Report, TakeLatest),
            Effect::LoadOffer(_) => (Slot::Offer, TakeLatest),
            Effect::SignInStep(..) | Effect::AwaitApproval(_) => (Slot::SignIn, TakeLatest),
            Effect::SignOut => (Slot::SignOut, TakeLeading),
            Effect::LoadRole(_) => (Slot::Role, TakeLatest),
            Effect::LoadDashboard(_) => (Slot::Dashboard, TakeLatest),
            Effect::LoadAllShows(_) => (Slot::AllShows, TakeLatest),
            Effect::LoadAllBookings(_) => (Slot::AllBookings, TakeLatest),
            Effect::LoadCandidates(_) => (Slot::Candidates, TakeLatest),
            Effect::AddShows(..) => (Slot::NewShows, TakeLeading),
            Effect::StopWatching
            | Effect::AbandonSignIn
            | Effect::ForgetSecret
            | Effect::OpenPage(_)
            | Effect::Bell
            | Effect::Quit => return None,
        })
    }
}

/// What a person wanted when it turned out that nobody is signed in; it is done as soon as somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    Pay,
    ShowBookings,
    ToggleFavourite(MovieId),
    FavouritesOnly,
    Administer(Page),
}

/// A field of the sign-in screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldId {
    #[default]
    Email,
    Name,
    Password,
    Code,
    Ticket,
}

impl FieldId {
    /// What is typed there goes to the secret pad and never comes into the state.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Code | Self::Ticket)
    }
}
