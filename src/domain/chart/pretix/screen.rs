//! Where the screen is: said by what is drawn, else guessed from where the first row is. Always a guess, so always
//! reported.

use super::form::{AreaForm, Point, TextForm, ZoneForm};
use crate::domain::chart::{Seat, Side, draft::DraftRow};

/// Words that stand on a screen or a stage.
const WORDS: [&str; 5] = ["screen", "stage", "leinwand", "bühne", "canvas"];
/// What is drawn beside the seats may be the screen if it is at least this part of their width.
const WIDE: f64 = 1.0 / 3.0;

/// A side, where the middle of the screen is if that is known, and why.
pub struct Guess {
    pub side: Side,
    pub middle: Option<(f64, f64)>,
    pub why: String,
}

/// The box around places.
#[derive(Clone, Copy)]
pub struct Extent {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Extent {
    pub fn of(places: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        places.fold(None, |extent: Option<Self>, (x, y)| {
            let e = extent.unwrap_or(Self { left: x, right: x, top: y, bottom: y });
            Some(Self { left: e.left.min(x), right: e.right.max(x), top: e.top.min(y), bottom: e.bottom.max(y) })
        })
    }

    pub fn of_seats<'a>(seats: impl Iterator<Item = &'a Seat>) -> Option<Self> {
        Self::of(seats.map(|seat| (seat.x, seat.y)))
    }

    fn middle(self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// The side that a place is nearest to or furthest out of, and how far it is out of the box there.
    fn side(self, (x, y): (f64, f64)) -> (Side, f64) {
        let out = [
            (Side::Top, self.top - y),
            (Side::Bottom, y - self.bottom),
            (Side::Left, self.left - x),
            (Side::Right, x - self.right),
        ];
        out.into_iter().fold((Side::Top, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best })
    }
}

/// What a drawn thing is: its box and its text.
struct Drawn {
    extent: Extent,
    text: String,
}

/// The screen among the things that are drawn: what is called one, else the widest thing beside the seats.
pub fn from_areas(zones: &[ZoneForm], seats: Extent) -> Option<Guess> {
    let drawn =
        || zones.iter().flat_map(|zone| zone.areas.iter().flatten().filter_map(|area| drawn(zone.position, area)));
    let named = |thing: &Drawn| {
        // Letters on a stage are often spaced.
        let word: String = thing.text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        WORDS.iter().any(|known| word.contains(known))
    };
    if let Some(thing) = drawn().find(named) {
        let (side, _) = seats.side(thing.extent.middle());
        let text = super::quoted(&thing.text);
        return Some(Guess {
            side,
            middle: Some(thing.extent.middle()),
            why: format!("the drawing {text} stands there"),
        });
    }
    let beside = |thing: Drawn| {
        let (side, out) = seats.side(thing.extent.middle());
        let (wide, all) = match side {
            Side::Top | Side::Bottom => (thing.extent.right - thing.extent.left, seats.right - seats.left),
            Side::Left | Side::Right => (thing.extent.bottom - thing.extent.top, seats.bottom - seats.top),
        };
        (out > 0.0 && wide >= WIDE * all).then_some((wide, side))
    };
    let (_, side) = drawn().filter_map(beside).fold(None, |best: Option<(f64, Side)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    })?;
    Some(Guess { side, middle: None, why: "the widest drawing beside the seats is there".to_owned() })
}

fn drawn(zone: Point, area: &AreaForm) -> Option<Drawn> {
    let (x, y) = (zone.x + area.position.x, zone.y + area.position.y);
    let around = |rx: f64, ry: f64| Extent::of([(x - rx, y - ry), (x + rx, y + ry)].into_iter());
    let (text, text_place) = match &area.text {
        Some(TextForm::Plain(text)) => (text.clone(), Point::default()),
        Some(TextForm::Placed { text, position }) => (text.clone(), *position),
        None => (String::new(), Point::default()),
    };
    let extent = if let Some(size) = &area.rectangle {
        Extent::of([(x, y), (x + size.width, y + size.height)].into_iter())
    } else if let Some(ellipse) = &area.ellipse {
        around(ellipse.radius.x, ellipse.radius.y)
    } else if let Some(circle) = &area.circle {
        around(circle.radius, circle.radius)
    } else if let Some(polygon) = &area.polygon {
        Extent::of(polygon.points.iter().map(|p| (x + p.x, y + p.y)))
    } else {
        Extent::of([(x + text_place.x, y + text_place.y)].into_iter())
    };
    let extent = extent.filter(|e| [e.left, e.right, e.top, e.bottom].iter().all(|v| v.is_finite()))?;
    Some(Drawn { extent, text })
}

/// The side at which each section begins to count its rows, by the number of seats that say so.
pub fn from_rows(rows: &[DraftRow]) -> Option<Guess> {
    let mut votes = [(Side::Top, 0), (Side::Bottom, 0), (Side::Left, 0), (Side::Right, 0)];
    for section in rows.chunk_by(|a, b| a.section == b.section) {
        let Some((across, along)) = trend(section) else { continue };
        let side = match (across.abs() > along.abs(), across > 0.0, along > 0.0) {
            (true, true, _) => Side::Left,
            (true, false, _) => Side::Right,
            (false, _, true) => Side::Top,
            (false, _, false) => Side::Bottom,
        };
        let seats: usize = section.iter().map(|row| row.seats.len()).sum();
        if let Some(vote) = votes.iter_mut().find(|vote| vote.0 == side) {
            vote.1 += seats;
        }
    }
    let (side, seats) = votes.into_iter().fold((Side::Top, 0), |best, next| if next.1 > best.1 { next } else { best });
    let why = "the rows are counted from there".to_owned();
    (seats > 0).then_some(Guess { side, middle: None, why })
}

/// How x and y go with the order of the labels (as covariances); `None` where they do not.
fn trend(rows: &[DraftRow]) -> Option<(f64, f64)> {
    let middle = |row: &DraftRow| Extent::of_seats(row.seats.iter()).map(Extent::middle);
    let mut ranked: Vec<(Rank, (f64, f64))> =
        rows.iter().filter_map(|row| Some((rank(&row.label)?, middle(row)?))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let count = ranked.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| ranked.iter().map(|(_, place)| of(place)).sum::<f64>() / count;
    let covariance = |of: fn(&(f64, f64)) -> f64| {
        let mean = mean(of);
        let steps =
            ranked.iter().enumerate().map(|(at, (_, place))| (at as f64 - (count - 1.0) / 2.0) * (of(place) - mean));
        steps.sum::<f64>()
    };
    let trend = (covariance(|place| place.0), covariance(|place| place.1));
    (ranked.len() > 1 && trend != (0.0, 0.0)).then_some(trend)
}

/// Numbers, then A to Z, AA to ZZ and so on.
type Rank = (usize, usize, u64);

/// How far from the screen a row is by its label; `None` for labels that are names.
fn rank(label: &str) -> Option<Rank> {
    let label = label.trim();
    if let Ok(number) = label.parse::<u64>() {
        return Some((0, 0, number));
    }
    let letters = label.len() <= 3 && !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphabetic());
    let value = |sum: u64, byte: u8| 26 * sum + u64::from(byte.to_ascii_uppercase() - b'A');
    letters.then(|| (1, label.len(), label.bytes().fold(0, value)))
}
