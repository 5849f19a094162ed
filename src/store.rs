//! The Redux kernel: one state, changed only by [`Store::dispatch`]; reducers are pure; what is to be done outside
//! comes back as [`Effect`] data.
//!
//! Time comes in with each action, randomness came once at the start, so the same journal of actions always gives
//! the same states and effects.

pub mod action;
pub mod effect;
pub mod remote;
pub mod select;
pub mod slices;
pub mod state;
pub mod tracked;

use action::Action;
use effect::Effect;
use state::State;
use std::collections::VecDeque;

/// The moment of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the program began, on a clock that never jumps. All waiting is measured by it.
    pub mono_ms: u64,
    /// The wall clock: only for showing dates.
    pub wall: jiff::Timestamp,
}

/// What a reducer hands back: effects for the runtime, and actions that follow at once from this one.
#[derive(Debug, Default)]
pub struct Out {
    effects: Vec<Effect>,
    then: Vec<Action>,
}

impl Out {
    /// Asks the outside for something.
    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Lets another slice know or do something, within the same dispatch.
    pub fn then(&mut self, action: impl Into<Action>) {
        self.then.push(action.into());
    }

    /// The same, where there is anything to say.
    pub fn then_some(&mut self, action: Option<impl Into<Action>>) {
        self.then.extend(action.map(Into::into));
    }
}

/// One state and the only way to change it.
#[derive(Debug)]
pub struct Store {
    state: State,
}

impl Store {
    pub fn new(state: State) -> Self {
        Self { state }
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// Reduces `action` and all that follows from it; returns what is to be done outside.
    pub fn dispatch(&mut self, now: Now, action: impl Into<Action>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut queue = VecDeque::from([action.into()]);
        while let Some(action) = queue.pop_front() {
            let mut out = Out::default();
            slices::reduce(&mut self.state, now, &action, &mut out);
            effects.append(&mut out.effects);
            queue.extend(out.then);
        }
        effects
    }
}
