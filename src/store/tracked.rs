//! A slice that counts its own changes, so that nobody can forget to ask for a redraw.

use std::ops::{Deref, DerefMut};

#[derive(Clone, Debug, Default)]
pub struct Tracked<T> {
    value: T,
    rev: u64,
}

impl<T> Tracked<T> {
    pub fn new(value: T) -> Self {
        Self { value, rev: 0 }
    }

    /// Grows with every change.
    pub fn rev(&self) -> u64 {
        self.rev
    }
}

impl<T> Deref for Tracked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Tracked<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.rev += 1;
        &mut self.value
    }
}
