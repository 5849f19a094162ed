//! A list in which is searched by typing, and whose selection stays with what it is about.

use crate::store::{action::ListStep, slices::catalog::moved};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};
use tui_input::Input;

#[derive(Clone, Debug)]
pub struct Finder<Id> {
    pub search: Input,
    pub(super) selected: Option<Id>,
    /// The entries that the search leaves, as indices into the list, in its order.
    visible: Vec<usize>,
}

impl<Id> Default for Finder<Id> {
    fn default() -> Self {
        Self { search: Input::default(), selected: None, visible: Vec::new() }
    }
}

impl<Id: PartialEq> Finder<Id> {
    /// The entries that the search leaves.
    pub fn visible<'a, T>(&'a self, all: &'a [T]) -> impl Iterator<Item = &'a T> {
        self.visible.iter().filter_map(move |at| all.get(*at))
    }

    /// Where the selection is among the visible; the first without one.
    pub fn position<T>(&self, all: &[T], id: impl Fn(&T) -> Id) -> usize {
        self.visible(all).position(|entry| Some(id(entry)) == self.selected).unwrap_or(0)
    }

    pub fn chosen<'a, T>(&'a self, all: &'a [T], id: impl Fn(&T) -> Id) -> Option<&'a T> {
        self.visible(all).nth(self.position(all, id))
    }

    /// Searches again: every word that is typed has to be in an entry's words.
    pub fn filter<T>(&mut self, all: &[T], words: impl Fn(&T) -> String) {
        let pattern =
            Pattern::new(self.search.value(), CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
        let (mut matcher, mut buffer) = (Matcher::new(Config::DEFAULT), Vec::new());
        let mut fits = |entry: &T| pattern.score(Utf32Str::new(&words(entry), &mut buffer), &mut matcher).is_some();
        self.visible = (0..all.len()).filter(|at| fits(&all[*at])).collect();
    }

    pub fn step<T>(&mut self, all: Option<&Vec<T>>, id: impl Fn(&T) -> Id, step: ListStep, page: usize) {
        let Some(all) = all else { return };
        let at = moved(Some(self.position(all, &id)), self.visible.len(), step, page.max(1));
        self.selected = at.and_then(|at| self.visible(all).nth(at)).map(id);
    }
}
