//! What the orphan rule says of the wanted seats: judged when the wish changes, or the seats beside it, and at no
//! other time.

use super::{Around, Seats, choose, propose};
use crate::{
    domain::{
        ids::SeatIx,
        seating::orphan::{Judgement, OrphanMode, Sale, Verdict, applies, judge},
    },
    store::{Out, action::Tone, slices::hold::Holding, slices::notice::say, tracked::Tracked},
};

/// A judgement, and the runs that it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub judgement: Judgement,
    runs: Vec<u32>,
}

impl Judged {
    /// The choice that leaves nobody alone, if the rule has anything to say.
    pub fn fix(&self) -> Option<&[SeatIx]> {
        let silent = self.judgement.verdict == Verdict::Ok;
        self.judgement.suggest.first().filter(|_| !silent).map(Vec::as_slice)
    }

    pub fn is_refused(&self) -> bool {
        self.judgement.verdict == Verdict::Reject
    }
}

/// The wish has changed.
pub(super) fn wished(seats: &mut Tracked<Seats>, around: &Around<'_>) {
    let wanted = choose::wanted(around.hold);
    if seats.offer.as_ref().is_some_and(|offer| offer.beside != wanted) {
        seats.offer = None;
    }
    let house: Vec<SeatIx> = seats.house.iter().copied().filter(|seat| wanted.contains(seat)).collect();
    // What has lapsed can be held again, and is still chosen by whoever chose it.
    if house.len() != seats.house.len() && around.hold.lapsed().is_empty() {
        seats.house = house;
    }
    if wanted.is_empty() && seats.access == choose::Access::Needed {
        seats.access = choose::Access::NotAsked;
    }
    again(seats, around);
}

/// The states of seats have changed. Those of other runs do not matter.
pub(super) fn touched(seats: &mut Tracked<Seats>, around: &Around<'_>, changed: &[SeatIx]) {
    let (Some(judged), Some(plan)) = (&seats.judged, seats.plan()) else { return };
    if changed.iter().any(|seat| judged.runs.contains(&plan.geometry.place(*seat).0)) {
        again(seats, around);
    }
}

/// Judges anew.
pub(super) fn again(seats: &mut Tracked<Seats>, around: &Around<'_>) {
    let judged = judged(seats, around);
    if judged != seats.judged {
        seats.judged = judged;
    }
}

fn judged(seats: &Seats, around: &Around<'_>) -> Option<Judged> {
    let plan = seats.plan()?;
    let mut wanted = choose::wanted(around.hold);
    wanted.retain(|seat| !plan.chart.is_standing(*seat));
    if wanted.is_empty() || seats.states.value().is_none() {
        return None;
    }
    let mut runs: Vec<u32> = wanted.iter().map(|seat| plan.geometry.place(*seat).0).collect();
    runs.sort_unstable();
    runs.dedup();
    let (hall, open) = (plan.hall(), seats.open_for(plan, around.hold));
    let show = seats.show.as_ref()?;
    let sale = Sale {
        minutes_to_start: show.starts_at.duration_since(around.now.wall).as_mins(),
        sold: seats.counts.sold as usize,
        places: plan.chart.sellable(),
    };
    let mode = if applies(hall, &open, &wanted, sale) { around.orphan_rule() } else { OrphanMode::Off };
    Some(Judged { judgement: judge(hall, &open, &wanted, mode), runs })
}

/// One key mends it.
pub(super) fn fix(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let suggested = seats.judged.as_ref().and_then(Judged::fix).map(<[SeatIx]>::to_vec);
    let Some(mut wanted) = suggested else {
        out.then(say(Tone::Info, "Nobody is left alone by your seats: there is nothing to mend."));
        return;
    };
    // Places of general admission have no part in it, and stay.
    let standing = choose::wanted(hold).into_iter().filter(|s| choose::standing_section(seats, *s).is_some());
    wanted.extend(standing);
    if let Some(seat) = wanted.first() {
        propose::show(seats, *seat);
    }
    seats.proposed = None;
    choose::want_house(seats, hold, wanted, out);
}
