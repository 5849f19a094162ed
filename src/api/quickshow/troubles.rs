//! Whether booked seats are really one's own. These servers write a show's whole map at each booking, without looking
//! at what was there: a seat that was sold can be free on it a moment later, or somebody else's.

use super::shapes::Taken;
use crate::domain::{
    booking::{SeatTrouble, Trouble},
    text::Text,
};

/// Whether a seat of this name is among those that are taken.
pub fn is_taken(taken: &[Taken], seat: &str) -> bool {
    taken.iter().any(|known| is_same(known.seat.as_str(), seat))
}

/// Whether two names are of one seat.
pub fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// What is wrong with the seats of somebody's booking by the map of their show. Whose a seat is can only be compared
/// where both are known.
pub fn of(seats: &[Text], person: Option<&str>, taken: &[Taken]) -> Vec<SeatTrouble> {
    let trouble = |seat: &Text| {
        let mut owners = taken
            .iter()
            .filter(|known| is_same(known.seat.as_str(), seat.as_str()))
            .map(|known| known.by.as_deref())
            .peekable();
        if owners.peek().is_none() {
            return Some(Trouble::Lost);
        }
        let is_theirs = |owner: Option<&str>| owner.is_none() || person.is_none() || owner == person;
        (!owners.any(is_theirs)).then_some(Trouble::Doubled)
    };
    let found = seats.iter().filter_map(|seat| Some(SeatTrouble { label: seat.clone(), trouble: trouble(seat)? }));
    found.collect()
}

/// What is wrong, in words that can follow "on the server's map".
pub fn words(troubles: &[SeatTrouble]) -> String {
    let of = |wanted: Trouble| {
        let labels = troubles.iter().filter(|seat| seat.trouble == wanted).map(|seat| &seat.label);
        labels.collect::<Vec<_>>()
    };
    let (lost, doubled) = (of(Trouble::Lost), of(Trouble::Doubled));
    let mut what = Vec::new();
    if !lost.is_empty() {
        what.push(listed(&lost, "is free and can be sold again", "are free and can be sold again"));
    }
    if !doubled.is_empty() {
        what.push(listed(&doubled, "belongs to another booking, too", "belong to another booking, too"));
    }
    what.join(", and ")
}

/// `C3 is`, `C3 and C4 are`, `C3, C4 and C5 are`.
pub fn listed<T: std::fmt::Display>(names: &[T], one: &str, many: &str) -> String {
    let names: Vec<_> = names.iter().map(T::to_string).collect();
    match names.as_slice() {
        [] => many.to_owned(),
        [name] => format!("{name} {one}"),
        [first @ .., last] => format!("{} and {last} {many}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::quickshow::shapes::taken;
    use serde_json::{Value, json};

    fn troubles(map: Value, person: Option<&str>) -> Vec<(String, Trouble)> {
        let seats = [Text::new("C3"), Text::new("C4")];
        let found = of(&seats, person, &taken(&map).unwrap());
        found.into_iter().map(|seat| (seat.label.to_string(), seat.trouble)).collect()
    }

    #[test]
    fn a_seat_that_is_missing_is_lost_and_one_of_somebody_else_doubled() {
        let of = |map: Value| troubles(map, Some("user_me"));
        assert_eq!(of(json!({"C3": "user_me", "C4": "user_me", "D1": "user_bob"})), []);
        assert_eq!(of(json!({"C3": "user_me"})), [("C4".to_owned(), Trouble::Lost)]);
        assert_eq!(of(json!({"C3": "user_bob", "C4": {"_id": "user_me"}})), [("C3".to_owned(), Trouble::Doubled)]);
        assert_eq!(of(json!(["C4", null])), [("C3".to_owned(), Trouble::Lost)]);
    }

    #[test]
    fn whose_a_seat_is_counts_only_where_it_is_told() {
        assert_eq!(troubles(json!({"C3": "user_bob", "C4": "user_bob"}), None), []);
        assert_eq!(troubles(json!({"C3": true, "C4": "user_me"}), Some("user_me")), []);
    }

    #[test]
    fn troubles_are_told_in_words() {
        let trouble = |label: &str, trouble| SeatTrouble { label: Text::new(label), trouble };
        let all = [trouble("C3", Trouble::Lost), trouble("C4", Trouble::Doubled), trouble("C5", Trouble::Lost)];
        let both = "C3 and C5 are free and can be sold again, and C4 belongs to another booking, too";
        assert_eq!(words(&all), both);
        assert_eq!(words(&all[..1]), "C3 is free and can be sold again");
    }
}
