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
    /// What people think of it, 0 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<f32>,
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub tagline: Text,
    /// The language it was made in, as the server writes it, such as `en`.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub language: Text,
    /// Where its poster is: a URL, or a path such as `/p9.jpg` below the poster base of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<String>,
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

/// A short film about a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer {
    pub title: Text,
    /// `https`, without control characters.
    pub url: String,
}

/// A film that the server thinks this person would like.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    pub movie: Movie,
    /// Why, in the server's words; may be empty.
    pub reason: Text,
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
