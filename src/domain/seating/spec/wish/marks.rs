//! The marks of seats as people name them: `legroom` for `extra-legroom`, `restricted` for `restricted-view`.

use super::Need;
use crate::domain::{
    chart::Chart,
    seating::spec::{SpecError, quoted, refuse, same},
    text,
};
use std::collections::BTreeSet;

/// A mark that begins like this is a fault of the seat.
const FAULTS: [&str; 7] = ["limited", "restricted", "obstructed", "partial", "reduced", "poor", "no"];
/// What may be declined in halls that have nothing of the kind.
const COMMON: [&str; 4] = ["restricted", "limited", "legroom", "vertigo"];

/// What a party says about a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Yes,
    No,
}

/// Reads the mark at the beginning of `words`; tells how many of them name it. Who needs legroom wants either extra
/// legroom or, in a hall that has none, no limited legroom.
pub(super) fn need(chart: &Chart, wanted: Wanted, words: &[&str]) -> Result<(Option<Need>, usize), SpecError> {
    let marks: BTreeSet<&str> = chart.seats.iter().flat_map(|seat| seat.flags.iter().map(String::as_str)).collect();
    for count in (1..=words.len().min(3)).rev() {
        let named = parts(&words[..count].join("-"));
        let found: Vec<&str> = marks.iter().copied().filter(|mark| contains(&parts(mark), &named)).collect();
        let (faults, merits): (Vec<&str>, Vec<&str>) = found.iter().partition(|mark| is_fault(mark, &named));
        let owned = |marks: Vec<&str>| marks.into_iter().map(str::to_owned).collect();
        let need = match wanted {
            _ if found.is_empty() => continue,
            Wanted::No => Need::Without(owned(found)),
            Wanted::Yes if merits.is_empty() => Need::Without(owned(faults)),
            Wanted::Yes => Need::With(owned(merits)),
        };
        return Ok((Some(need), count));
    }
    let Some(word) = words.first() else { return refuse("say what is needed, such as \"need legroom\"") };
    if wanted == Wanted::No && COMMON.iter().any(|common| same(common, word)) {
        let view = words.get(1).is_some_and(|next| same(next, "view") || same(next, "legroom"));
        return Ok((None, 1 + usize::from(view)));
    }
    let known: Vec<String> = marks.iter().take(8).map(|mark| text::fit(mark, 20)).collect();
    match known[..] {
        [] => refuse(format!("no seat is marked {}; no seat of this hall is marked at all", quoted(word))),
        _ => refuse(format!("no seat is marked {}; marks are {}", quoted(word), known.join(", "))),
    }
}

/// Whether a mark is a fault, and was not named as one.
fn is_fault(mark: &str, named: &[String]) -> bool {
    let first = parts(mark).into_iter().next().unwrap_or_default();
    FAULTS.contains(&first.as_str()) && !named.contains(&first)
}

fn contains(parts: &[String], named: &[String]) -> bool {
    !named.is_empty() && parts.windows(named.len()).any(|window| window == named)
}

/// The words of a mark: `limited-legroom` and `limitedLegroom` are `limited`, `legroom`.
fn parts(mark: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in mark.chars() {
        if matches!(c, '-' | '_' | ' ') {
            parts.push(String::new());
            continue;
        }
        let begins = c.is_uppercase() && parts.last().is_some_and(|part| part.ends_with(char::is_lowercase));
        if begins {
            parts.push(String::new());
        }
        parts.iter_mut().last().into_iter().for_each(|part| part.extend(c.to_lowercase()));
    }
    parts.retain(|part| !part.is_empty());
    parts
}
