//! A pretix seating plan as it is written, read with tolerance: what real exports leave out may be missing, what they
//! add is passed over and counted by [`super::fields`].

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use std::fmt;

#[derive(Deserialize)]
pub struct PlanForm {
    #[serde(default)]
    pub name: Word,
    #[serde(default)]
    pub categories: Vec<CategoryForm>,
    pub zones: Vec<ZoneForm>,
}

#[derive(Deserialize)]
pub struct CategoryForm {
    #[serde(default)]
    pub name: Word,
    #[serde(default)]
    pub color: Word,
}

#[derive(Deserialize)]
pub struct ZoneForm {
    #[serde(default)]
    pub name: Word,
    #[serde(default)]
    pub zone_id: Word,
    #[serde(default)]
    pub position: Point,
    #[serde(default)]
    pub rows: Vec<RowForm>,
    #[serde(default)]
    pub areas: Option<Vec<AreaForm>>,
}

#[derive(Deserialize)]
pub struct RowForm {
    #[serde(default)]
    pub row_number: Word,
    #[serde(default)]
    pub position: Point,
    #[serde(default)]
    pub seats: Vec<SeatForm>,
}

#[derive(Deserialize)]
pub struct SeatForm {
    #[serde(default)]
    pub seat_guid: Word,
    #[serde(default)]
    pub seat_number: Word,
    pub position: Point,
    #[serde(default)]
    pub category: Word,
}

/// Something drawn. Only its place, its size and its text matter here.
#[derive(Deserialize)]
pub struct AreaForm {
    #[serde(default)]
    pub position: Point,
    #[serde(default)]
    pub rectangle: Option<Size>,
    #[serde(default)]
    pub ellipse: Option<Ellipse>,
    #[serde(default)]
    pub circle: Option<Circle>,
    #[serde(default)]
    pub polygon: Option<Polygon>,
    #[serde(default)]
    pub text: Option<TextForm>,
}

#[derive(Deserialize)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

#[derive(Deserialize)]
pub struct Ellipse {
    pub radius: Point,
}

#[derive(Deserialize)]
pub struct Circle {
    pub radius: f64,
}

#[derive(Deserialize)]
pub struct Polygon {
    #[serde(default)]
    pub points: Vec<Point>,
}

/// Old plans have a text by itself, newer ones say where it stands.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum TextForm {
    Plain(String),
    Placed {
        #[serde(default)]
        text: String,
        #[serde(default)]
        position: Point,
    },
}

#[derive(Clone, Copy, Default, Deserialize)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// A text, or a number where exports write names as numbers; nothing is the empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl Visitor<'_> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Word, E> {
        Ok(Word(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Word, E> {
        Ok(Word(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Word, E> {
        Ok(Word(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Word, E> {
        Ok(Word(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Word, E> {
        Ok(Word(value.to_string()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Word, E> {
        Ok(Word::default())
    }
}
