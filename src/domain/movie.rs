//! Films.

use super::{ids::MovieId, text::Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A film that is playing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Movie {
    pub id: MovieId,
    pub title: Text,
    #[serde(default)]
    pub original_title: Option<Text>,
    /// The year of its first release; 0 when unknown.
    #[serde(default)]
    pub year: i16,
    /// 0 when unknown.
    #[serde(default)]
    pub runtime_min: u32,
    #[serde(default)]
    pub directors: Vec<Text>,
    #[serde(default)]
    pub cast: Vec<Credit>,
    #[serde(default)]
    pub genres: Vec<Text>,
    #[serde(default)]
    pub synopsis: Text,
    /// Colours that stand for the film, light to dark; its placeholder poster is drawn from them.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub palette: Vec<Rgb>,
    /// When it plays next; absent when no show is on sale.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = DateTime))]
    pub next_show: Option<Timestamp>,
}

/// Someone in a film and the part they play.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Credit {
    pub name: Text,
    #[serde(default)]
    pub role: Text,
}

/// Whether a film is among a person's favourites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Favourite {
    Yes,
    No,
}

/// A colour, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl std::str::FromStr for Rgb {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("colour {text:?} is not of the form \"#rrggbb\"");
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii()).ok_or_else(refuse)?;
        let part = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).map_err(|_| refuse());
        Ok(Rgb(part(0)?, part(2)?, part(4)?))
    }
}

impl Serialize for Rgb {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&format_args!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2))
    }
}

impl<'de> Deserialize<'de> for Rgb {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
