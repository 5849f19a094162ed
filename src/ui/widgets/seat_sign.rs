//! The sign of a seat: its shape says what it is, its colour repeats that. Map and legend draw by the same rules.

use crate::{
    domain::chart::SeatKind,
    store::select::seats::{Look, MapVm, Scale, SeatLook},
    ui::frame::Ctx,
};

/// Columns of a seat with its number on it, where there is room for no more.
const LABELLED: usize = 3;

/// The one character of a seat.
pub fn glyph(map: &MapVm<'_>, look: SeatLook, ctx: Ctx<'_>) -> char {
    let glyphs = ctx.glyphs;
    match (look.look, look.kind) {
        (Look::Mine, _) => glyphs.mine,
        (Look::Pending, _) => glyphs.pending,
        (Look::Proposed, _) => glyphs.proposed,
        (Look::Held, _) => glyphs.held,
        (Look::Sold, _) => glyphs.sold,
        (Look::Blocked, _) => glyphs.blocked,
        (Look::Free, SeatKind::Wheelchair) => glyphs.wheelchair,
        (Look::Free, SeatKind::Companion) => glyphs.companion,
        (Look::Free, SeatKind::Couch) if look.couch_left => glyphs.couch.0,
        (Look::Free, SeatKind::Couch) => glyphs.couch.1,
        (Look::Free, _) => match look.category.checked_sub(1) {
            None => glyphs.free,
            Some(other) if !glyphs.others.is_empty() => glyphs.others[usize::from(other) % glyphs.others.len()],
            // Small letters alone: the capital ones and signs mean other things.
            Some(_) => match map.category_letter(look.category).to_ascii_lowercase() {
                letter @ 'a'..='z' => letter,
                _ => glyphs.free,
            },
        },
    }
}

/// A seat with its number, over `width` columns: `7`, `◇7`, `●7`, `[7`, and `×` for what cannot be had.
pub fn labelled(map: &MapVm<'_>, look: SeatLook, number: &str, width: usize, ctx: Ctx<'_>) -> String {
    let sign = glyph(map, look, ctx);
    let taken = matches!(look.look, Look::Held | Look::Sold | Look::Blocked);
    let digits = number.chars().count();
    let text = match (look.look, look.kind) {
        _ if taken || !number.is_ascii() || digits > width => format!(" {sign}"),
        _ if digits + 1 > width => number.to_owned(),
        (Look::Free, SeatKind::Couch) if !look.couch_left => format!(" {number}{sign}"),
        (Look::Free, SeatKind::Seat) if look.category == 0 => format!(" {number}"),
        _ => format!("{sign}{number}"),
    };
    let before = width.saturating_sub(LABELLED) / 2;
    format!("{:before$}{text}", "")
}

/// The sign as a legend shows it: as it is on the map at this scale.
pub fn sample(map: &MapVm<'_>, look: SeatLook, ctx: Ctx<'_>) -> String {
    match (map.lens.scale, look.look, look.kind) {
        (_, Look::Free, SeatKind::Couch) => format!("{}{}", ctx.glyphs.couch.0, ctx.glyphs.couch.1),
        (Scale::Label, Look::Free, SeatKind::Seat) => {
            format!("{:<3}", labelled(map, look, "7", LABELLED, ctx))
        }
        _ => glyph(map, look, ctx).to_string(),
    }
}
