//! Who of a party may sit where: ticket types that are sold for some price categories only.
//!
//! It is a matching, not first come: adults who could sit anywhere must not take the seats that alone the children's
//! tickets are sold for. Seats of a category and people of a type are alike, so the matching is a flow between the two,
//! found by augmenting paths.

use std::collections::{BTreeMap, VecDeque};

/// A seat for each person of a party: for each seat, which ticket type sits there (an index of `tickets`), or `None` if
/// that cannot be done. `tickets` are the types: how many people, and whether a category (by index) is sold to them; a
/// category beyond the list is not. There must be as many seats as people. Deterministic: earlier types get earlier
/// seats, as far as the others allow it.
pub fn assign(tickets: &[(usize, Vec<bool>)], seat_categories: &[u16]) -> Option<Vec<usize>> {
    if tickets.iter().map(|(people, _)| people).sum::<usize>() != seat_categories.len() {
        return None;
    }
    let mut left: Vec<usize> = tickets.iter().map(|(people, _)| *people).collect();
    let mut types = Vec::with_capacity(seat_categories.len());
    for (at, &category) in seat_categories.iter().enumerate() {
        let rest = &seat_categories[at + 1..];
        let sits = (0..tickets.len()).find(|&kind| {
            let fits = left[kind] > 0 && takes(&tickets[kind], category);
            fits && {
                left[kind] -= 1;
                let works = can_match(tickets, &left, &counted(rest.iter().copied()));
                left[kind] += 1;
                works
            }
        })?;
        left[sits] -= 1;
        types.push(sits);
    }
    Some(types)
}

fn takes(ticket: &(usize, Vec<bool>), category: u16) -> bool {
    ticket.1.get(usize::from(category)).copied().unwrap_or(false)
}

/// How many seats of each category.
fn counted(categories: impl Iterator<Item = u16>) -> Vec<(u16, usize)> {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for category in categories {
        *counts.entry(category).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// Whether `people` of each type find a seat among those, each for itself.
fn can_match(tickets: &[(usize, Vec<bool>)], people: &[usize], seats: &[(u16, usize)]) -> bool {
    let mut free: Vec<usize> = seats.iter().map(|&(_, count)| count).collect();
    // seated[t][c]: people of type t on seats of category c.
    let mut seated = vec![vec![0usize; seats.len()]; tickets.len()];
    for (kind, &count) in people.iter().enumerate() {
        for _ in 0..count {
            if !seat_one(tickets, seats, &mut free, &mut seated, kind) {
                return false;
            }
        }
    }
    true
}

/// Seats one more person of a type, moving others to other categories where that makes room: the shortest such chain.
fn seat_one(
    tickets: &[(usize, Vec<bool>)],
    seats: &[(u16, usize)],
    free: &mut [usize],
    seated: &mut [Vec<usize>],
    kind: usize,
) -> bool {
    // For each category from whose seats somebody could be moved: the type that wants in.
    let mut wanted_by: Vec<Option<usize>> = vec![None; seats.len()];
    // For each type, the category that one of its people would leave.
    let mut leaves: Vec<Option<usize>> = vec![None; tickets.len()];
    let mut queue = VecDeque::from([kind]);
    while let Some(mover) = queue.pop_front() {
        for at in 0..seats.len() {
            if wanted_by[at].is_some() || !takes(&tickets[mover], seats[at].0) {
                continue;
            }
            wanted_by[at] = Some(mover);
            if free[at] > 0 {
                free[at] -= 1;
                // Back along the chain: each takes the seat, and the one before takes what was left.
                let mut to = at;
                while let Some(mover) = wanted_by[to] {
                    seated[mover][to] += 1;
                    let Some(from) = leaves[mover].filter(|_| mover != kind) else { break };
                    seated[mover][from] -= 1;
                    to = from;
                }
                return true;
            }
            for other in 0..tickets.len() {
                if other != kind && leaves[other].is_none() && seated[other][at] > 0 {
                    leaves[other] = Some(at);
                    queue.push_back(other);
                }
            }
        }
    }
    false
}

/// The same question for many sets of seats of one party, remembered by how many seats of which category they have.
pub(super) struct Fitting {
    tickets: Vec<(usize, Vec<bool>)>,
    people: Vec<usize>,
    known: BTreeMap<Vec<(u16, usize)>, bool>,
}

impl Fitting {
    pub fn of(tickets: &[(usize, Vec<bool>)]) -> Self {
        let people = tickets.iter().map(|(people, _)| *people).collect();
        Self { tickets: tickets.to_vec(), people, known: BTreeMap::new() }
    }

    /// Whether anyone of a party of so many may sit on a seat of the category.
    pub fn takes(&self, category: u16, party: usize) -> bool {
        let with_type: usize = self.people.iter().sum();
        with_type < party || self.tickets.iter().any(|ticket| ticket.0 > 0 && takes(ticket, category))
    }

    /// Whether everyone with a ticket type gets a seat that it is sold for.
    pub fn fits(&mut self, categories: impl Iterator<Item = u16>) -> bool {
        if self.tickets.is_empty() {
            return true;
        }
        let seats = counted(categories);
        if let Some(&known) = self.known.get(&seats) {
            return known;
        }
        let fits = can_match(&self.tickets, &self.people, &seats);
        self.known.insert(seats, fits);
        fits
    }

    /// Whether each of these seats, perhaps fewer than the party needs, can be given to somebody: the same matching
    /// with seats and people in each other's place. Who has no ticket type may sit anywhere.
    pub fn uses(&self, categories: impl Iterator<Item = u16>, party: usize) -> bool {
        let seats = counted(categories);
        let anyone = party.saturating_sub(self.people.iter().sum());
        let people: Vec<(u16, usize)> = (0..).zip(self.people.iter().copied().chain([anyone])).collect();
        let allowed = |category: u16| {
            let types = self.tickets.iter().map(|ticket| takes(ticket, category));
            types.chain([true]).collect::<Vec<bool>>()
        };
        let wishes: Vec<(usize, Vec<bool>)> =
            seats.iter().map(|&(category, count)| (count, allowed(category))).collect();
        let counts: Vec<usize> = seats.iter().map(|&(_, count)| count).collect();
        can_match(&wishes, &counts, &people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn children_get_the_seats_that_only_their_ticket_is_sold_for() {
        // Adults may sit anywhere, children in category 1 only; the adults come first and must leave it to them.
        let tickets = [(2, vec![true, true]), (2, vec![false, true])];
        assert_eq!(assign(&tickets, &[1, 1, 0, 0]), Some(vec![1, 1, 0, 0]));
        assert_eq!(assign(&tickets, &[1, 0, 0, 0]), None);
        assert_eq!(assign(&tickets, &[1, 1, 1, 0]), Some(vec![0, 1, 1, 0]));
    }

    #[test]
    fn there_must_be_as_many_seats_as_people() {
        assert_eq!(assign(&[(1, vec![true])], &[0, 0]), None);
        assert_eq!(assign(&[(1, vec![true])], &[7]), None);
        assert_eq!(assign(&[], &[]), Some(vec![]));
    }

    /// Tries every order of people.
    fn any_order(tickets: &[(usize, Vec<bool>)], left: &mut [usize], seats: &[u16]) -> bool {
        let Some((&category, rest)) = seats.split_first() else { return true };
        (0..tickets.len()).any(|kind| {
            left[kind] > 0 && takes(&tickets[kind], category) && {
                left[kind] -= 1;
                let works = any_order(tickets, left, rest);
                left[kind] += 1;
                works
            }
        })
    }

    proptest! {
        #[test]
        fn a_matching_is_found_whenever_there_is_one(
            tickets in proptest::collection::vec((0usize..4, proptest::collection::vec(any::<bool>(), 3)), 1..4),
            categories in proptest::collection::vec(0u16..3, 9),
        ) {
            let people: usize = tickets.iter().map(|t| t.0).sum();
            let seats = &categories[..people];
            let mut left: Vec<usize> = tickets.iter().map(|t| t.0).collect();
            let found = assign(&tickets, seats);
            prop_assert_eq!(found.is_some(), any_order(&tickets, &mut left, seats));
            for (kind, seat) in found.iter().flatten().zip(seats) {
                prop_assert!(takes(&tickets[*kind], *seat));
            }
            for (kind, ticket) in tickets.iter().enumerate() {
                prop_assert!(found.is_none() || found.iter().flatten().filter(|&&k| k == kind).count() == ticket.0);
            }
        }
    }
}
