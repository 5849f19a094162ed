//! Choosing where nothing is held: a choice is kept here, by the rules that these servers do not check. Its seats are
//! anybody's until they are booked.

use super::{Inner, MAX_SEATS, hall::Hall};
use crate::domain::{
    failure::{Conflict, ConflictReason, Failure, FailureKind},
    ids::{HoldId, SeatId, SeatIx, ShowId},
    money::{Glyphs, Money},
    seating::{
        best::{self, Proposal},
        party::{Party, PartyError, PartyHold, PricedProposal, Wish},
        release::Released,
    },
    show::{Hold, HoldEdit, PricedSeat, SeatState, SeatStates, Show},
    text::Text,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// The most choices that are kept: nobody lets go of what is not held.
const MOST_CHOICES: u64 = 500;

/// The choices of this program's life.
#[derive(Default)]
pub struct Choices {
    kept: Mutex<HashMap<HoldId, Hold>>,
    count: AtomicU64,
}

impl Choices {
    fn kept(&self) -> MutexGuard<'_, HashMap<HoldId, Hold>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A choice, while it is kept.
    pub fn get(&self, hold: &HoldId) -> Option<Hold> {
        self.kept().get(hold).cloned()
    }

    pub fn forget(&self, hold: &HoldId) {
        self.kept().remove(hold);
    }

    /// The id of a new choice. The one that was made so many before it is forgotten.
    fn new_id(&self) -> HoldId {
        let id = |nth: u64| HoldId::new(format!("choice-{nth}"));
        let nth = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(old) = nth.checked_sub(MOST_CHOICES) {
            self.forget(&id(old));
        }
        id(nth)
    }

    fn keep(&self, hold: &Hold) {
        self.kept().insert(hold.id.clone(), hold.clone());
    }
}

impl Inner {
    /// Keeps a choice of 1 to 5 known seats of one show, each once, that are free now.
    pub async fn choose(&self, show: &ShowId, seats: &[SeatId]) -> Result<Hold, Failure> {
        let hold = self.checked(self.choices.new_id(), show, seats).await?;
        self.choices.keep(&hold);
        Ok(hold)
    }

    /// Changes a choice: all of it, or nothing if a seat that is added is gone.
    pub async fn change_choice(&self, hold: &HoldId, edit: &HoldEdit) -> Result<Hold, Failure> {
        let before = self.choices.get(hold).ok_or_else(not_chosen)?;
        let kept = before.seats.iter().map(|seat| &seat.id).filter(|seat| !edit.remove.contains(seat));
        let seats: Vec<SeatId> = kept.chain(&edit.add).cloned().collect();
        let after = self.checked(hold.clone(), &before.show, &seats).await?;
        self.choices.keep(&after);
        Ok(after)
    }

    /// What a booking of these seats would be, if it may be asked for at all.
    async fn checked(&self, id: HoldId, show: &ShowId, seats: &[SeatId]) -> Result<Hold, Failure> {
        let show = self.open_show(show).await?;
        let hall = self.hall_of(&show.id).await?;
        let seats = known(&hall, seats)?;
        let gone = self.gone(&show.id, None).await?;
        let (states, _) = hall.states(&gone.taken, &gone.held);
        must_be_free(&hall, &seats, &states)?;
        Ok(self.hold(id, &show, &hall, &seats))
    }

    /// A show that has not begun.
    pub async fn open_show(&self, show: &ShowId) -> Result<Show, Failure> {
        let show = self.show_once(show).await?;
        if show.starts_at <= self.clock.now() {
            let why = "this show has begun, so it is not sold any more";
            return Err(Failure::new(FailureKind::Refused, "sale_closed", why));
        }
        Ok(show)
    }

    fn hold(&self, id: HoldId, show: &Show, hall: &Hall, seats: &[SeatIx]) -> Hold {
        let seats: Vec<PricedSeat> = seats.iter().map(|seat| priced(show, hall, *seat)).collect();
        let total = Money::sum(seats.iter().map(|seat| seat.price));
        Hold { id, show: show.id.clone(), seats, total, expires_at: None, ttl_ms: None, extensions_left: 0 }
    }

    pub async fn propose(&self, show: &ShowId, party: &Party, limit: u32) -> Result<Vec<PricedProposal>, Failure> {
        let (show, hall, found) = self.found(show, party, limit as usize).await?;
        let priced = found.into_iter().map(|proposal| {
            let words = Text::new(&proposal.words());
            let seats: Vec<PricedSeat> = proposal.seats.iter().map(|seat| priced(&show, &hall, *seat)).collect();
            let total = Money::sum(seats.iter().map(|seat| seat.price));
            PricedProposal { closeness: proposal.rung, words, cost: proposal.cost, seats, total }
        });
        Ok(priced.collect())
    }

    /// Keeps the best seats for a party as a choice.
    pub async fn choose_for(&self, show: &ShowId, party: &Party) -> Result<PartyHold, Failure> {
        let (show, hall, found) = self.found(show, party, 1).await?;
        let best = found.first().ok_or_else(|| none_together(party.size))?;
        let hold = self.hold(self.choices.new_id(), &show, &hall, &best.seats);
        self.choices.keep(&hold);
        Ok(PartyHold { hold, closeness: best.rung, words: Text::new(&best.words()) })
    }

    /// The best seats for a party among those that are free now; at least one proposal.
    async fn found(&self, show: &ShowId, party: &Party, limit: usize) -> Result<(Show, Hall, Vec<Proposal>), Failure> {
        let show = self.open_show(show).await?;
        let hall = self.hall_of(&show.id).await?;
        let gone = self.gone(&show.id, None).await?;
        let (states, _) = hall.states(&gone.taken, &gone.held);
        let found = search(&show, &hall, &states, party, limit)?;
        Ok((show, hall, found))
    }
}

/// Finds the best seats for a party in these states; at least one proposal.
fn search(
    show: &Show,
    hall: &Hall,
    states: &SeatStates,
    party: &Party,
    limit: usize,
) -> Result<Vec<Proposal>, Failure> {
    let chart = &hall.plan.chart;
    let wish = Wish::of(party, chart, show, MAX_SEATS).map_err(refused)?;
    let released = Released::all(chart);
    let open = |ix: SeatIx| released.in_play(chart, show, ix, states.get(ix.get()));
    let suits = |ix: SeatIx| wish.suits(ix);
    let found = best::propose(hall.plan.hall(), &open, &wish.ask(&suits), limit);
    if found.is_empty() {
        let limits = wish.limits_in_words(|money| money.words(Glyphs::Ascii));
        let free = chart.indices().filter(|&ix| open(ix) && suits(ix)).count();
        let why = format!(
            "there are no {} seats together{limits} ({free} are free): ask for fewer people, or for other seats",
            wish.size()
        );
        return Err(Failure::new(FailureKind::SeatGone, "no_seats_together", why));
    }
    Ok(found)
}

fn none_together(size: u32) -> Failure {
    let why = format!("there are no {size} seats together");
    Failure::new(FailureKind::SeatGone, "no_seats_together", why)
}

fn refused(error: PartyError) -> Failure {
    let (kind, code) = match error {
        PartyError::Nobody(_) => (FailureKind::Input, "no_seats"),
        PartyError::TooMany(_) => (FailureKind::Refused, "too_many_seats"),
        PartyError::Contradiction(_) => (FailureKind::Input, "invalid_request"),
        PartyError::Unknown(_) => (FailureKind::Input, "not_at_this_show"),
    };
    Failure::new(kind, code, error.to_string())
}

/// What the seats of a choice must be: 1 to 5, known, each once. The server checks none of it.
fn known(hall: &Hall, seats: &[SeatId]) -> Result<Vec<SeatIx>, Failure> {
    let input = |code: &str, why: String| Failure::new(FailureKind::Input, code, why);
    if seats.is_empty() {
        return Err(input("no_seats", format!("no seat is chosen; 1 to {MAX_SEATS} are accepted")));
    }
    if seats.len() > MAX_SEATS as usize {
        let why = format!("{} seats are too many; at most {MAX_SEATS} are sold at once here", seats.len());
        return Err(Failure::new(FailureKind::Refused, "too_many_seats", why));
    }
    let mut seen = HashSet::new();
    let mut found = Vec::with_capacity(seats.len());
    for seat in seats {
        let named = hall.plan.find(seat).or_else(|| hall.seat(seat.as_str()));
        let unknown = || input("unknown_seat", format!("there is no seat {} in this hall", Text::new(seat.as_str())));
        let ix = named.ok_or_else(unknown)?;
        if !seen.insert(ix) {
            return Err(input("seat_twice", format!("seat {} is named twice", hall.plan.label(ix))));
        }
        found.push(ix);
    }
    Ok(found)
}

/// Refuses a choice of which a seat is gone, and says which.
pub fn must_be_free(hall: &Hall, seats: &[SeatIx], states: &SeatStates) -> Result<(), Failure> {
    let reason = |ix: SeatIx| match states.get(ix.get()) {
        SeatState::Free => None,
        SeatState::Held => Some(ConflictReason::Held),
        SeatState::Sold => Some(ConflictReason::Sold),
        SeatState::Blocked => Some(ConflictReason::Blocked),
    };
    let conflict = |ix: &SeatIx| {
        let label = Text::new(&hall.plan.label(*ix));
        Some(Conflict::new(hall.plan.chart.seat(*ix).id.clone(), label, reason(*ix)?))
    };
    let conflicts: Vec<Conflict> = seats.iter().filter_map(conflict).collect();
    let why = match conflicts.as_slice() {
        [] => return Ok(()),
        [one] => format!("seat {} {}", one.label, one.reason.words()),
        more => {
            let labels: Vec<&str> = more.iter().map(|one| one.label.as_str()).collect();
            format!("seats {} are taken", labels.join(", "))
        }
    };
    Err(Failure { conflicts, ..Failure::new(FailureKind::SeatGone, "seat_taken", why) })
}

pub fn not_chosen() -> Failure {
    Failure::new(FailureKind::SeatGone, "hold_not_found", "these seats are not chosen any more: choose them again")
}

fn priced(show: &Show, hall: &Hall, seat: SeatIx) -> PricedSeat {
    let category = hall.plan.chart.category_of(seat);
    PricedSeat {
        id: hall.plan.chart.seat(seat).id.clone(),
        label: Text::new(&hall.plan.label(seat)),
        category: category.name.clone(),
        price: show.price(&category.id),
        ticket: None,
    }
}
