//! Which fields of a plan the schema (0.0.1) does not know, and which it misses: walked through without building
//! anything.

use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// One kind of object of the schema.
struct Kind {
    name: &'static str,
    fields: &'static [Field],
}

/// A field: its name, whether it must be there, and what its value, or each item of it, is.
struct Field(&'static str, Need, Option<&'static Kind>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}
use Need::{May, Must};

const PLAN: Kind = Kind {
    name: "the plan",
    fields: &[
        Field("name", Must, None),
        Field("categories", Must, Some(&CATEGORY)),
        Field("zones", Must, Some(&ZONE)),
        Field("size", Must, Some(&SIZE)),
    ],
};
const CATEGORY: Kind = Kind { name: "a category", fields: &[Field("name", Must, None), Field("color", May, None)] };
const ZONE: Kind = Kind {
    name: "a zone",
    fields: &[
        Field("name", May, None),
        Field("zone_id", May, None),
        Field("uuid", May, None),
        Field("position", Must, Some(&POSITION)),
        Field("rows", Must, Some(&ROW)),
        Field("areas", May, Some(&AREA)),
    ],
};
const ROW: Kind = Kind {
    name: "a row",
    fields: &[
        Field("row_number", Must, None),
        Field("row_label", May, None),
        Field("seat_label", May, None),
        Field("uuid", May, None),
        Field("seats", Must, Some(&SEAT)),
        Field("row_number_position", May, None),
        Field("position", May, Some(&POSITION)),
    ],
};
const SEAT: Kind = Kind {
    name: "a seat",
    fields: &[
        Field("seat_guid", Must, None),
        Field("seat_number", Must, None),
        Field("position", Must, Some(&POSITION)),
        Field("category", Must, None),
        Field("uuid", May, None),
        Field("start_direction", May, None),
        Field("radius", May, None),
    ],
};
const AREA: Kind = Kind {
    name: "an area",
    fields: &[
        Field("color", May, None),
        Field("border_color", May, None),
        Field("rotation", May, None),
        Field("position", May, Some(&POSITION)),
        Field("uuid", May, None),
        Field("shape", May, None),
        Field("polygon", May, None),
        Field("rectangle", May, None),
        Field("ellipse", May, None),
        Field("circle", May, None),
        Field("text", May, None),
    ],
};
const POSITION: Kind = Kind { name: "a position", fields: &[Field("x", Must, None), Field("y", Must, None)] };
const SIZE: Kind = Kind { name: "the size", fields: &[Field("width", Must, None), Field("height", Must, None)] };

/// The most different unknown names that are remembered.
const MOST: usize = 100;

/// What differs from the schema: how often each kind of object has an unknown field, or misses one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    pub unknown: BTreeMap<(&'static str, String), usize>,
    pub missing: BTreeMap<(&'static str, &'static str), usize>,
}

/// Walks through a plan that has been read before, so that it is JSON.
pub fn differences(json: &str) -> Differences {
    let mut found = Differences::default();
    let mut reader = serde_json::Deserializer::from_str(json);
    // What cannot be walked through has been refused by the reader of the plan.
    let _ = Walk { kind: &PLAN, found: &mut found }.deserialize(&mut reader);
    found
}

struct Walk<'a> {
    kind: &'static Kind,
    found: &'a mut Differences,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} or a list", self.kind.name)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Walk { kind: self.kind, found: &mut *self.found })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut seen = 0u32;
        while let Some(key) = entries.next_key::<String>()? {
            match self.kind.fields.iter().position(|field| field.0 == key) {
                Some(at) => {
                    seen |= 1 << at;
                    match self.kind.fields[at].2 {
                        Some(kind) => entries.next_value_seed(Walk { kind, found: &mut *self.found })?,
                        None => drop(entries.next_value::<IgnoredAny>()?),
                    }
                }
                None => {
                    let unknown = &mut self.found.unknown;
                    let name = (self.kind.name, key);
                    if unknown.len() < MOST || unknown.contains_key(&name) {
                        *unknown.entry(name).or_default() += 1;
                    }
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        for (at, field) in self.kind.fields.iter().enumerate() {
            if field.1 == Must && seen & (1 << at) == 0 {
                *self.found.missing.entry((self.kind.name, field.0)).or_default() += 1;
            }
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
}
