//! Placeholder posters: a small picture composed from a film's palette, its genre and its id.
//!
//! Nothing is drawn by chance: the id seeds a hash, so a film has the same poster wherever it is shown.

use super::movie::{Movie, Rgb};

mod motif;

use motif::Motif;

/// Colours of a film that brings none: paper, slate, ink.
const DEFAULT_PALETTE: [Rgb; 3] = [Rgb(0xe8, 0xe2, 0xd6), Rgb(0x6d, 0x75, 0x8a), Rgb(0x17, 0x19, 0x24)];
/// Each pixel is the mean of this many samples in each direction, which makes edges smooth.
const SAMPLES: usize = 3;

/// A picture, row by row from the upper left corner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poster {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Rgb>,
}

/// Draws the poster of a film, `width` × `height` square pixels.
pub fn poster(movie: &Movie, width: usize, height: usize) -> Poster {
    let scene = Scene::of(movie, width, height);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| scene.pixel(x, y)).collect();
    Poster { width, height, pixels }
}

/// A point of a poster: x from −1 to 1 across; y in the same unit, 0 in the middle and growing downwards.
#[derive(Clone, Copy, Debug)]
struct Point {
    x: f32,
    y: f32,
}

impl Point {
    fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    fn minus(self, x: f32, y: f32) -> Self {
        Self { x: self.x - x, y: self.y - y }
    }
}

/// All that decides the colour of a point.
struct Scene {
    width: f32,
    height: f32,
    ink: Ink,
    motif: Motif,
    seed: Seed,
}

impl Scene {
    fn of(movie: &Movie, width: usize, height: usize) -> Self {
        let seed = Seed::of(movie.id.as_str());
        let motif = Motif::of(movie.genres.iter().map(|genre| genre.as_str()), &seed);
        Self { width: width as f32, height: height as f32, ink: Ink::of(&movie.palette), motif, seed }
    }

    fn pixel(&self, x: usize, y: usize) -> Rgb {
        let mut sum = Color::default();
        for sample in 0..SAMPLES * SAMPLES {
            let offset = |i: usize| (i as f32 + 0.5) / SAMPLES as f32;
            let (dx, dy) = (offset(sample % SAMPLES), offset(sample / SAMPLES));
            sum = sum.plus(self.color(self.point(x as f32 + dx, y as f32 + dy)));
        }
        sum.times(1.0 / (SAMPLES * SAMPLES) as f32).rgb()
    }

    fn point(&self, x: f32, y: f32) -> Point {
        let half = self.width / 2.0;
        Point { x: (x - half) / half, y: (y - self.height / 2.0) / half }
    }

    /// The lower and upper end of y.
    fn bottom(&self) -> f32 {
        self.height / self.width
    }

    fn color(&self, p: Point) -> Color {
        let color = self.motif.color(p, self.bottom(), &self.ink, &self.seed);
        // A darker edge holds the picture together where it meets the cells around it.
        let edge = (p.x.abs().max(p.y.abs() / self.bottom()) - 0.72).max(0.0);
        color.towards(self.ink.dark, 1.1 * edge)
    }
}

/// The colours a poster is printed with, light to dark.
struct Ink {
    light: Color,
    middle: Color,
    dark: Color,
}

impl Ink {
    fn of(palette: &[Rgb]) -> Self {
        let palette = if palette.len() < 2 { &DEFAULT_PALETTE } else { palette };
        let at = |index: usize| Color::of(palette[index]);
        let (light, dark) = (at(0), at(palette.len() - 1));
        let middle = if palette.len() > 2 { at(palette.len() / 2) } else { light.towards(dark, 0.5) };
        Self { light, middle, dark }
    }
}

/// A colour with parts from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Color {
    r: f32,
    g: f32,
    b: f32,
}

impl Color {
    fn of(Rgb(r, g, b): Rgb) -> Self {
        let part = |byte: u8| f32::from(byte) / 255.0;
        Self { r: part(r), g: part(g), b: part(b) }
    }

    fn rgb(self) -> Rgb {
        let byte = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
        Rgb(byte(self.r), byte(self.g), byte(self.b))
    }

    fn plus(self, other: Self) -> Self {
        Self { r: self.r + other.r, g: self.g + other.g, b: self.b + other.b }
    }

    fn times(self, factor: f32) -> Self {
        Self { r: self.r * factor, g: self.g * factor, b: self.b * factor }
    }

    /// This colour at 0, the other at 1.
    fn towards(self, other: Self, share: f32) -> Self {
        let share = share.clamp(0.0, 1.0);
        self.times(1.0 - share).plus(other.times(share))
    }
}

/// Numbers that look random and always are the same for one film.
struct Seed(u64);

impl Seed {
    fn of(id: &str) -> Self {
        // FNV-1a, then a mix of the bits, because ids often differ only in their last characters.
        let hash = id
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(mix(hash))
    }

    /// The number called `name`, from 0 up to but not including 1.
    fn unit(&self, name: u64) -> f32 {
        (mix(self.0 ^ mix(name)) >> 40) as f32 / (1u64 << 24) as f32
    }

    /// The number called `name`, from `low` to `high`.
    fn between(&self, name: u64, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit(name)
    }

    /// Left or right: −1 or 1.
    fn sign(&self, name: u64) -> f32 {
        if self.unit(name) < 0.5 { -1.0 } else { 1.0 }
    }
}

/// The finalizer of SplitMix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn films() -> Vec<Movie> {
        serde_json::from_str(include_str!("../../assets/cinema/films.json")).expect("a list of films")
    }

    #[test]
    fn a_film_has_the_same_poster_every_time() {
        let film = &films()[0];
        let first = poster(film, 16, 24);
        assert_eq!((first.width, first.height, first.pixels.len()), (16, 24, 16 * 24));
        assert_eq!(first, poster(film, 16, 24));
    }

    #[test]
    fn no_two_films_have_the_same_poster() {
        let posters: Vec<Poster> = films().iter().map(|film| poster(film, 16, 24)).collect();
        for (at, a) in posters.iter().enumerate() {
            for b in &posters[..at] {
                let differ = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| a != b).count();
                assert!(differ > 16 * 24 / 2, "two posters share most of their pixels");
            }
        }
    }

    #[test]
    fn films_with_one_palette_and_one_genre_still_differ() {
        let first = films()[0].clone();
        for genre in ["Horror", "Comedy", "Drama", "Romance", "Western", "Science Fiction", "Documentary"] {
            let film = |id: &str| Movie {
                id: super::super::ids::MovieId::new(id),
                genres: vec![genre.into()],
                ..first.clone()
            };
            assert_ne!(poster(&film("one"), 16, 24), poster(&film("two"), 16, 24), "{genre}");
        }
    }

    #[test]
    fn a_poster_uses_light_and_dark() {
        for film in films() {
            let light = |rgb: &Rgb| u32::from(rgb.0) + u32::from(rgb.1) + u32::from(rgb.2);
            let picture = poster(&film, 12, 16);
            let (low, high) = (picture.pixels.iter().map(light).min(), picture.pixels.iter().map(light).max());
            assert!(high > low.map(|low| low + 150), "{} is flat", film.title);
        }
    }

    #[test]
    fn any_size_palette_and_genre_is_drawn() {
        let mut film = films()[0].clone();
        film.genres.clear();
        for palette in [vec![], vec![Rgb(1, 2, 3)], vec![Rgb(255, 255, 255), Rgb(0, 0, 0)]] {
            film.palette = palette;
            for (width, height) in [(0, 0), (0, 5), (5, 0), (1, 1), (3, 90), (90, 3)] {
                assert_eq!(poster(&film, width, height).pixels.len(), width * height);
            }
        }
    }
}
