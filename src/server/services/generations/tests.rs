//! Every order of events up to a depth, played through the rule by honest clients and a thief.
//!
//! Two processes of one person share a credential store and a lock. They follow the client's rules: rotate only under
//! the lock and after reading the store again, write a successor before using it, drop it when the write fails, trust
//! what is in memory for thirty seconds, and read the store again when they are told to. A thief copies the store.

use super::*;

const DEPTH: usize = 6;
const GRACE: i64 = 60;
const TRUST: i64 = 30;
const OWNERS: [usize; 2] = [0, 1];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// A process mints a token.
    Use(usize),
    /// It takes the lock and asks for a successor, or finds that the other process has one.
    Rotate(usize),
    /// It writes the successor into the store and gives the lock back.
    Persist(usize),
    /// The write fails, or the server's answer got lost: there is nothing to write.
    PersistFails(usize),
    /// The write is reported as failed, and the successor is in the store all the same.
    PersistUnsure(usize),
    /// The process ends; the system frees its lock. It starts again with its next event.
    Crash(usize),
    /// The thief copies what is in the store.
    Steal,
    ThiefUses,
    /// The thief asks for a successor to what was stolen.
    ThiefRotates,
    /// Less than a program trusts its memory.
    Pause,
    /// More than the grace.
    Wait,
}

/// One process of the owner.
#[derive(Clone, Copy, Default)]
struct Process {
    /// The generation in memory, and when it was read.
    memory: Option<(u32, i64)>,
    /// A successor that is not written yet. Whoever has one has the lock.
    unwritten: Option<u32>,
}

#[derive(Clone)]
struct World {
    now: i64,
    chain: Chain,
    revoked: bool,
    /// When each generation was used first, by number.
    first_used: Vec<Option<i64>>,
    store: u32,
    processes: [Process; 2],
    stolen: Option<u32>,
    /// An honest process has been told to sign in again.
    signed_out: bool,
}

impl World {
    fn new() -> Self {
        Self {
            now: 1_000,
            chain: Chain(vec![Generation { number: 1, stage: Stage::Active }]),
            revoked: false,
            first_used: vec![None, Some(0)],
            store: 1,
            processes: Default::default(),
            stolen: None,
            signed_out: false,
        }
    }

    fn locked(&self) -> bool {
        self.processes.iter().any(|process| process.unwritten.is_some())
    }

    fn events(&self) -> Vec<Event> {
        let mut events = vec![Event::Steal, Event::Pause, Event::Wait];
        if self.stolen.is_some() {
            events.extend([Event::ThiefUses, Event::ThiefRotates]);
        }
        for p in OWNERS {
            events.push(Event::Crash(p));
            if self.processes[p].unwritten.is_some() {
                events.extend([Event::Persist(p), Event::PersistFails(p), Event::PersistUnsure(p)]);
            } else {
                events.push(Event::Use(p));
            }
            if !self.locked() {
                events.push(Event::Rotate(p));
            }
        }
        events
    }

    /// What the server says to `number`; `None` once the session has ended.
    fn present(&mut self, number: u32) -> Option<Verdict> {
        if self.revoked {
            return None;
        }
        let overdue = self.overdue(number);
        let verdict = self.chain.present(number, self.now, GRACE).expect("only what was handed out is used");
        let first = &mut self.first_used[number as usize];
        if matches!(verdict, Verdict::Current | Verdict::FirstUse) && first.is_none() {
            *first = Some(self.now);
        }
        self.revoked = verdict == Verdict::Reuse;
        assert_eq!(verdict == Verdict::Reuse, overdue == Overdue::OnceUsed, "{verdict:?} for {number}");
        if overdue == Overdue::NeverUsed {
            assert_eq!(verdict, Verdict::Lost, "what has been overtaken must not come back");
        }
        Some(verdict)
    }

    /// Whether a newer generation has been in use for longer than the grace, told from what happened alone.
    fn overdue(&self, number: u32) -> Overdue {
        let newer = self.first_used.iter().skip(number as usize + 1).flatten();
        match newer.min() {
            Some(since) if since + GRACE <= self.now => match self.first_used[number as usize] {
                Some(_) => Overdue::OnceUsed,
                None => Overdue::NeverUsed,
            },
            _ => Overdue::No,
        }
    }

    fn succeed(&mut self) -> u32 {
        let number = self.chain.succeed();
        self.first_used.push(None);
        assert_eq!(self.first_used.len(), number as usize + 1);
        number
    }

    /// What a process would use now.
    fn read(&mut self, p: usize) -> u32 {
        match self.processes[p].memory {
            Some((number, read_at)) if self.now - read_at < TRUST => number,
            _ => self.reread(p),
        }
    }

    fn reread(&mut self, p: usize) -> u32 {
        self.processes[p].memory = Some((self.store, self.now));
        self.store
    }

    /// What an honest client does with an answer about the credential it used.
    fn hear(&mut self, p: usize, used: u32, verdict: Option<Verdict>) {
        match verdict {
            Some(Verdict::Current | Verdict::FirstUse) => {}
            Some(Verdict::Superseded) => self.processes[p].memory = None,
            Some(Verdict::Lost) if self.store != used => {
                let newer = self.reread(p);
                let again = self.present(newer);
                self.signed_out |= !matches!(again, Some(Verdict::Current | Verdict::FirstUse | Verdict::Superseded));
            }
            Some(Verdict::Lost | Verdict::Reuse) | None => self.signed_out = true,
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Pause => self.now += 25,
            Event::Wait => self.now += 61,
            Event::Crash(p) => self.processes[p] = Process::default(),
            Event::Use(p) => {
                let number = self.read(p);
                let verdict = self.present(number);
                self.hear(p, number, verdict);
            }
            Event::Rotate(p) => {
                let had = self.processes[p].memory.map(|(number, _)| number);
                let number = self.reread(p);
                if had.is_some_and(|had| had != number) {
                    return;
                }
                let verdict = self.present(number);
                self.hear(p, number, verdict);
                if matches!(verdict, Some(Verdict::Current | Verdict::FirstUse)) {
                    self.processes[p].unwritten = Some(self.succeed());
                }
            }
            Event::Persist(p) => {
                self.store = self.processes[p].unwritten.take().expect("there is one to write");
                self.reread(p);
            }
            Event::PersistFails(p) => self.processes[p].unwritten = None,
            Event::PersistUnsure(p) => {
                self.store = self.processes[p].unwritten.take().expect("there is one to write");
            }
            Event::Steal => self.stolen = Some(self.store),
            Event::ThiefUses => {
                let number = self.stolen.expect("there is something stolen");
                self.present(number);
            }
            Event::ThiefRotates => {
                let number = self.stolen.expect("there is something stolen");
                if matches!(self.present(number), Some(Verdict::Current | Verdict::FirstUse)) {
                    self.stolen = Some(self.succeed());
                }
            }
        }
        let active = self.chain.0.iter().filter(|generation| generation.stage == Stage::Active).count();
        let pending = self.chain.0.iter().filter(|generation| generation.stage == Stage::Pending).count();
        assert!(active == 1 && pending <= 1, "{:?}", self.chain);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overdue {
    No,
    OnceUsed,
    NeverUsed,
}

#[derive(Default)]
struct Tally {
    sequences: u64,
    honest: u64,
    thefts_found: u64,
}

fn play(world: &World, left: usize, story: &mut Vec<Event>, tally: &mut Tally) {
    if left == 0 {
        end(world, story, tally);
        return;
    }
    for event in world.events() {
        let mut next = world.clone();
        story.push(event);
        next.happen(event);
        play(&next, left - 1, story, tally);
        story.pop();
    }
}

fn end(world: &World, story: &[Event], tally: &mut Tally) {
    tally.sequences += 1;
    if story.iter().any(|event| matches!(event, Event::ThiefUses | Event::ThiefRotates)) {
        tally.thefts_found += u64::from(world.revoked);
        return;
    }
    tally.honest += 1;
    assert!(!world.revoked && !world.signed_out, "an honest person was signed out: {story:?}");
    // Whatever has happened, a program that starts now and reads the store gets in.
    let mut later = world.clone();
    later.happen(Event::Crash(0));
    later.happen(Event::Wait);
    later.happen(Event::Use(0));
    assert!(!later.revoked && !later.signed_out, "an honest person could not come back: {story:?}");
}

#[test]
fn honest_clients_stay_signed_in_and_an_overdue_credential_ends_the_session_in_every_order_of_events() {
    let mut tally = Tally::default();
    play(&World::new(), DEPTH, &mut Vec::new(), &mut tally);
    // The numbers are here so that the search cannot shrink unnoticed.
    assert_eq!((tally.sequences, tally.honest, tally.thefts_found), (765_283, 531_441, 448));
}

#[test]
fn a_thief_is_found_by_the_owners_next_rotation() {
    let mut world = World::new();
    for event in [Event::Steal, Event::ThiefUses, Event::Rotate(0), Event::Persist(0), Event::Use(0), Event::Pause] {
        world.happen(event);
        assert!(!world.revoked);
    }
    world.happen(Event::ThiefUses);
    assert!(!world.revoked, "within the grace it could be another process of the owner");
    world.happen(Event::Wait);
    world.happen(Event::ThiefUses);
    assert!(world.revoked);
}

#[test]
fn a_thief_who_rotates_first_is_found_by_the_owner() {
    let mut world = World::new();
    for event in [Event::Steal, Event::ThiefRotates, Event::ThiefUses, Event::Wait] {
        world.happen(event);
    }
    assert!(!world.revoked);
    world.happen(Event::Use(0));
    assert!(world.revoked && world.signed_out);
}

#[test]
fn a_successor_that_another_has_replaced_unused_is_refused_and_nothing_else_happens() {
    let mut chain = Chain(vec![Generation { number: 1, stage: Stage::Active }]);
    let (lost, kept) = (chain.succeed(), chain.succeed());
    assert_eq!(chain.present(lost, 0, GRACE), Some(Verdict::Lost));
    assert_eq!(chain.present(1, 0, GRACE), Some(Verdict::Current));
    assert_eq!(chain.present(kept, 0, GRACE), Some(Verdict::FirstUse));
    assert_eq!(chain.present(lost, 0, GRACE), Some(Verdict::Lost));
    assert_eq!(chain.present(1, GRACE - 1, GRACE), Some(Verdict::Superseded));
    assert_eq!(chain.present(1, GRACE, GRACE), Some(Verdict::Reuse));
    assert_eq!(chain.present(9, 0, GRACE), None);
}
