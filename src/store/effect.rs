//! What is to be done outside, as data: comparable, printable, replayable.

use super::remote::Req;
use crate::domain::{
    booking::PaymentMethod,
    ids::{BookingCode, ChartHash, HoldId, MovieId, SaleKey, SeatId, ShowId},
    movie::Favourite,
    show::HoldEdit,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Reach the server and make the ports.
    Connect {
        after_ms: u64,
    },
    RestoreSession,
    LoadCinema(Req),
    LoadMovies(Req),
    LoadShows(Req, MovieId),
    LoadPlan(Req, ChartHash),
    LoadStates {
        req: Req,
        show: ShowId,
        count: usize,
        known: Option<String>,
    },
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
    /// The password is in the secret pad, not here.
    SignIn {
        email: String,
    },
    SignUp {
        email: String,
        name: String,
    },
    SignOut,
    ForgetSecret,
    Bell,
    /// End the loop once everything that must finish has finished.
    Quit,
}

/// Effects of one slot are about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Connection,
    Session,
    Cinema,
    Movies,
    Shows,
    Plan,
    States,
    Hold,
    Sale,
    Bookings,
    Cancellation,
    Favourites,
    Favourite,
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
            Effect::LoadPlan(..) => (Slot::Plan, TakeLatest),
            Effect::LoadStates { .. } => (Slot::States, TakeLatest),
            Effect::Hold { .. } | Effect::ChangeHold { .. } | Effect::ReleaseHold { .. } => (Slot::Hold, MustFinish),
            Effect::Book { .. } => (Slot::Sale, TakeLeading),
            Effect::LoadBookings(_) => (Slot::Bookings, TakeLatest),
            Effect::CancelBooking(_) => (Slot::Cancellation, TakeLeading),
            Effect::LoadFavourites(_) => (Slot::Favourites, TakeLatest),
            Effect::SetFavourite(..) => (Slot::Favourite, MustFinish),
            Effect::SignIn { .. } | Effect::SignUp { .. } | Effect::SignOut => (Slot::Session, TakeLeading),
            Effect::ForgetSecret | Effect::Bell | Effect::Quit => return None,
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
}

/// A field of the account form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldId {
    #[default]
    Email,
    Name,
    Password,
}
