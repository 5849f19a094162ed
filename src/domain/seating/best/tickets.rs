//! Who sits where when not every ticket type can be bought for every category: a matching, not first come.

/// For each of `categories` (of the chosen seats) the index into `tickets` of who sits there, or `None` if they cannot
/// all sit. `tickets` are so many people with the categories that they may sit in. Augmenting paths (Kuhn).
pub fn assign(tickets: &[(usize, Vec<bool>)], categories: &[u16]) -> Option<Vec<usize>> {
    let people: Vec<usize> = tickets.iter().enumerate().flat_map(|(at, (count, _))| vec![at; *count]).collect();
    if people.len() != categories.len() {
        return None;
    }
    let may = |person: usize, seat: usize| tickets[people[person]].1.get(categories[seat] as usize) == Some(&true);
    let mut sits: Vec<Option<usize>> = vec![None; categories.len()];
    for person in 0..people.len() {
        let mut seen = vec![false; categories.len()];
        if !place(person, &may, &mut sits, &mut seen) {
            return None;
        }
    }
    sits.into_iter().map(|person| person.map(|person| people[person])).collect()
}

/// Seats a person, moving others if need be.
fn place(person: usize, may: &dyn Fn(usize, usize) -> bool, sits: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for seat in 0..sits.len() {
        if may(person, seat) && !std::mem::replace(&mut seen[seat], true) {
            let free = match sits[seat] {
                None => true,
                Some(other) => place(other, may, sits, seen),
            };
            if free {
                sits[seat] = Some(person);
                return true;
            }
        }
    }
    false
}
