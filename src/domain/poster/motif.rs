//! One motif for each kind of film.
//!
//! All of them are drawn for very few pixels: large shapes, two or three tones, nothing thinner than a tenth of
//! the width.

use super::{Color, Ink, Point, Seed};
use std::f32::consts::{PI, TAU};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motif {
    /// A great moon over the ridge of another world: science fiction and fantasy.
    Moon,
    /// Rails that run to a low sun: western, adventure, action, war.
    Horizon,
    /// An eye of rings: mystery.
    Rings,
    /// A spiral: horror and thriller.
    Spiral,
    /// Towers with lit windows: drama and crime.
    Skyline,
    /// Balls and half circles on a board: comedy, family, animation.
    Circles,
    /// Two crossing waves under a heart: romance and music.
    Heart,
    /// A lens with its aperture: documentary, and all that is not known.
    Lens,
}

impl Motif {
    /// One of those that the film's genres have, its first genre more often than the others.
    pub(super) fn of<'a>(genres: impl Iterator<Item = &'a str>, seed: &Seed) -> Self {
        let motif = |genre: &str| match genre.to_lowercase().as_str() {
            "science fiction" | "sci-fi" | "fantasy" => Some(Self::Moon),
            "western" | "adventure" | "action" | "war" => Some(Self::Horizon),
            "mystery" => Some(Self::Rings),
            "horror" | "thriller" => Some(Self::Spiral),
            "drama" | "crime" | "film noir" | "film-noir" | "history" => Some(Self::Skyline),
            "comedy" | "family" | "animation" => Some(Self::Circles),
            "romance" | "music" | "musical" => Some(Self::Heart),
            "documentary" => Some(Self::Lens),
            _ => None,
        };
        let motifs: Vec<Self> = genres.filter_map(motif).collect();
        let chance = seed.unit(0);
        let pick = (chance * chance * motifs.len() as f32) as usize;
        motifs.get(pick).copied().unwrap_or(Self::Lens)
    }

    pub(super) fn color(self, p: Point, bottom: f32, ink: &Ink, seed: &Seed) -> Color {
        // 0 at the upper edge, 1 at the lower one.
        let height = (p.y / bottom + 1.0) / 2.0;
        match self {
            Self::Moon => moon(p, bottom, height, ink, seed),
            Self::Horizon => horizon(p, bottom, height, ink, seed),
            Self::Rings => rings(p, bottom, ink, seed),
            Self::Spiral => spiral(p, bottom, ink, seed),
            Self::Skyline => skyline(p, bottom, height, ink, seed),
            Self::Circles => circles(p, bottom, ink, seed),
            Self::Heart => heart(p, bottom, height, ink, seed),
            Self::Lens => lens(p, bottom, ink, seed),
        }
    }
}

fn moon(p: Point, bottom: f32, height: f32, ink: &Ink, seed: &Seed) -> Color {
    let side = seed.sign(1);
    let radius = seed.between(2, 0.56, 0.68);
    let centre = p.minus(side * seed.between(3, 0.0, 0.3), -bottom * seed.between(4, 0.2, 0.34));
    let ridge =
        bottom * (0.52 + 0.1 * (p.x * seed.between(5, 1.6, 2.6) + TAU * seed.unit(6)).sin() - 0.12 * side * p.x);
    let far = ridge - 0.22 - 0.12 * (p.x * 3.1 + TAU * seed.unit(7)).cos();
    let sky = ink.dark.towards(ink.middle, 0.15 + 0.75 * height * height);
    if p.y > ridge {
        ink.dark
    } else if p.y > far {
        ink.dark.towards(ink.middle, 0.45)
    } else if centre.length() < radius {
        let shade = centre.minus(-side * 0.34, -0.12).length() / radius;
        let crater = [(0.34, 0.1, 0.15), (-0.12, -0.42, 0.11), (-0.25, 0.42, 0.09)]
            .iter()
            .any(|&(x, y, r)| centre.minus(side * x * radius, y * radius).length() < r);
        let face = ink.light.towards(ink.middle, (0.9 * (shade - 0.75)).max(0.0));
        if crater { face.towards(ink.middle, 0.35) } else { face }
    } else {
        sky.towards(ink.light, 0.3 * (1.0 - (centre.length() - radius) / 0.35).max(0.0))
    }
}

fn horizon(p: Point, bottom: f32, height: f32, ink: &Ink, seed: &Seed) -> Color {
    let line = bottom * seed.between(1, 0.12, 0.26);
    let vanish = 0.35 * seed.sign(2) * seed.unit(3);
    let radius = seed.between(4, 0.4, 0.52);
    if p.y < line {
        let sun = p.minus(vanish, line - radius * 0.35);
        let peaks = line - 0.1 - 0.22 * ((p.x + seed.unit(5)) * 2.6).sin().abs() * (p.x - vanish).abs().min(1.0);
        if p.y > peaks && sun.length() > radius * 0.9 {
            return ink.middle.towards(ink.dark, 0.55);
        }
        if sun.length() < radius {
            return ink.light;
        }
        // Broad bands of evening light around the sun.
        let band = ((sun.length() - radius) / 0.34).floor();
        return ink.light.towards(ink.middle, 0.4 + 0.25 * band).towards(ink.dark, 0.16 * band);
    }
    let depth = (p.y - line) / (bottom - line).max(0.1);
    let across = (p.x - vanish) / (0.1 + 1.0 * depth);
    let ground = ink.dark.towards(ink.middle, 0.5 * (1.0 - depth));
    let rail = (across.abs() - 0.62).abs() < 0.11;
    let sleeper = across.abs() < 0.85 && (depth.sqrt() * 9.0).fract() < 0.42;
    if rail {
        ink.light.towards(ink.middle, 0.5 * (1.0 - depth))
    } else if sleeper {
        ground.towards(ink.middle, 0.75)
    } else {
        ground.towards(ink.dark, 0.3 * height)
    }
}

fn rings(p: Point, bottom: f32, ink: &Ink, seed: &Seed) -> Color {
    let centre = p.minus(seed.between(1, -0.2, 0.2), bottom * seed.between(2, -0.25, 0.05));
    let width = seed.between(3, 0.3, 0.36);
    let ring = (centre.length() / width) as i32;
    let tone = match ring {
        0 => ink.dark,
        1 => ink.light,
        ring if ring % 2 == 0 => ink.middle,
        _ => ink.middle.towards(ink.dark, 0.6),
    };
    // A keyhole in the middle, and the light that falls from it.
    let glint = centre.minus(-0.09, -0.09).length() < 0.11;
    let beam = centre.y > 0.0 && centre.x.abs() < 0.1 + 0.38 * centre.y;
    let tone = if ring > 1 { tone.towards(ink.dark, 0.16 * (ring - 2) as f32) } else { tone };
    if glint {
        ink.light
    } else if beam && ring > 1 {
        tone.towards(ink.light, 0.55)
    } else {
        tone
    }
}

fn spiral(p: Point, bottom: f32, ink: &Ink, seed: &Seed) -> Color {
    let centre = p.minus(seed.between(1, -0.25, 0.25), bottom * seed.between(2, -0.3, 0.2));
    let (turn, distance) = (centre.y.atan2(centre.x), centre.length());
    let arms = if seed.unit(3) < 0.5 { 1.0 } else { 2.0 };
    let phase =
        (seed.sign(4) * turn * arms / TAU + distance * seed.between(5, 1.25, 1.6) + seed.unit(6)).rem_euclid(1.0);
    let paper = ink.light.towards(ink.middle, (0.75 * distance).min(1.0));
    let night = ink.dark.towards(ink.middle, 0.12);
    if distance < 0.16 {
        ink.light
    } else if phase < 0.5 {
        night
    } else {
        paper.towards(ink.dark, (0.42 * (distance - 0.8)).max(0.0))
    }
}

fn skyline(p: Point, bottom: f32, height: f32, ink: &Ink, seed: &Seed) -> Color {
    let tower = |p: f32, width: f32, row: u64, low: f32, high: f32| {
        let shifted = p + 4.0 + seed.unit(row);
        let index = (shifted / width) as u64;
        (bottom * seed.between(row * 100 + index, low, high), (shifted / width).fract(), index)
    };
    let sun = p.minus(0.4 * seed.sign(1), -bottom * 0.42).length();
    let (near, across, index) = tower(p.x, seed.between(2, 0.44, 0.56), 3, 0.0, 0.62);
    let (far, ..) = tower(p.x, 0.34, 4, -0.32, 0.3);
    if p.y > near {
        let (column, floor) = ((across * 4.0) as u64, ((p.y - near) / 0.2) as u64);
        let frame = (across * 4.0).fract() < 0.42 || ((p.y - near) / 0.2).fract() < 0.42;
        let lit = seed.unit(1_000 * index + 31 * column + floor + 7) < 0.34 && column > 0 && p.y > near + 0.1;
        return if lit && !frame { ink.light } else { ink.dark };
    }
    if p.y > far {
        return ink.dark.towards(ink.middle, 0.55);
    }
    let sky = ink.middle.towards(ink.light, 0.65 * height + 0.1);
    if sun < 0.34 { ink.light } else { sky.towards(ink.light, 0.3 * (1.0 - (sun - 0.34) / 0.4).max(0.0)) }
}

fn circles(p: Point, bottom: f32, ink: &Ink, seed: &Seed) -> Color {
    // A board of squares; in each a disc, a half or a quarter of one.
    let (column, line) = ((p.x + 1.0).floor(), (p.y + bottom).floor());
    let name = 50 + (column as i64 * 17 + line as i64 * 131) as u64;
    let cell = Point { x: (p.x + 1.0).fract() * 2.0 - 1.0, y: (p.y + bottom).fract() * 2.0 - 1.0 };
    let even = (column + line) as i64 % 2 == 0;
    let (paper, print) = match (even, seed.unit(name) < 0.5) {
        (true, true) => (ink.light, ink.middle),
        (true, false) => (ink.light, ink.dark),
        (false, true) => (ink.middle, ink.light),
        (false, false) => (ink.dark, ink.light),
    };
    let quarter = (seed.unit(name + 1) * 4.0) as u32;
    let turned = match quarter {
        0 => cell,
        1 => Point { x: cell.y, y: -cell.x },
        2 => Point { x: -cell.x, y: -cell.y },
        _ => Point { x: -cell.y, y: cell.x },
    };
    let inside = match (seed.unit(name + 2) * 4.0) as u32 {
        0 => cell.length() < 0.78,
        1 => turned.minus(0.0, 1.0).length() < 1.0,
        2 => turned.minus(-1.0, 1.0).length() < 1.7,
        _ => cell.length() < 0.78 && cell.length() > 0.36,
    };
    if inside { print } else { paper }
}

fn heart(p: Point, bottom: f32, height: f32, ink: &Ink, seed: &Seed) -> Color {
    let at = p.minus(seed.between(1, -0.15, 0.15), -bottom * seed.between(2, 0.22, 0.32));
    let (x, y) = (at.x / 0.62, -at.y / 0.62);
    let body = x * x + (1.2 * y - 0.65 * x.abs().sqrt()).powi(2);
    let wave = |from: f32, name: u64| bottom * from + 0.16 * (p.x * PI + TAU * seed.unit(name)).sin();
    if p.y > wave(0.72, 4) {
        ink.dark
    } else if p.y > wave(0.46, 3) {
        ink.dark.towards(ink.middle, 0.5)
    } else if body < 1.0 {
        ink.light
    } else {
        ink.middle.towards(ink.dark, 0.75 - 0.75 * height).towards(ink.light, 0.25 * (1.6 - body).max(0.0))
    }
}

fn lens(p: Point, bottom: f32, ink: &Ink, seed: &Seed) -> Color {
    let centre = p.minus(0.0, bottom * seed.between(1, -0.2, 0.1));
    let distance = centre.length();
    let blades = 6.0;
    let turn = (centre.y.atan2(centre.x) + TAU * seed.unit(2) + 1.2 * distance).rem_euclid(TAU);
    let blade = (turn / TAU * blades) as i32;
    if distance < 0.24 {
        ink.light
    } else if distance < 0.72 {
        if blade % 2 == 0 { ink.middle } else { ink.middle.towards(ink.dark, 0.55) }
    } else if distance < 0.86 {
        ink.dark
    } else {
        let ray = (turn / TAU * 2.0 * blades) as i32 % 2 == 0;
        if ray { ink.light } else { ink.light.towards(ink.middle, 0.45) }
    }
}
