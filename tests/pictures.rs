//! Pictures on the line: what is written for a poster, when, and what is left of it.
#![cfg(feature = "posters")]

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{sample::painted, stage::Stage};
use frontrow::{
    domain::picture::{Picture, PictureSize, PictureWay},
    input::resolve,
    store::select,
    term::{backend::Ansi, pictures::Pictures},
    ui::{
        frame::Ctx,
        glyphs, root,
        theme::{Depth, Theme},
    },
};
use ratatui::{
    Terminal,
    buffer::{Buffer, CellDiffOption},
    layout::{Rect, Size},
    style::Color,
};
use std::{
    io::{self, Write},
    num::NonZeroU16,
    sync::{Arc, Mutex},
};

const SHARP: [PictureWay; 3] = [PictureWay::Kitty, PictureWay::Sixel, PictureWay::Iterm];

/// A writer whose bytes can be looked at.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Vec<u8>>>);

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The screens on a terminal that draws pictures.
struct Glass {
    stage: Stage,
    terminal: Terminal<Ansi<Tape>>,
    tape: Tape,
    pictures: Pictures,
    seen: vt100::Parser,
}

impl Glass {
    fn new(width: u16, height: u16, way: PictureWay) -> Self {
        let mut stage = Stage::new(width, height).with_posters(way);
        // The place of the poster is known after it was drawn once.
        stage.draw();
        let tape = Tape::default();
        let terminal = Terminal::new(Ansi::new(tape.clone(), Size { width, height })).unwrap();
        let cells = |n| NonZeroU16::new(n).unwrap();
        let seen = vt100::Parser::new(cells(height), cells(width), 0);
        Self { stage, terminal, tape, pictures: Pictures::default(), seen }
    }

    /// Draws; what the terminal then shows is what was drawn, wherever no picture is. Gives what was written.
    #[track_caller]
    fn frame(&mut self) -> Vec<u8> {
        let theme = Theme::of(self.stage.depth);
        let state = self.stage.store.state();
        let shown = state.prefs.pictures;
        let view = select::view(state, self.stage.now());
        let ctx = Ctx {
            theme: &theme,
            glyphs: glyphs::set(state.prefs.glyphs),
            keymap: &self.stage.keymap,
            context: resolve::context(state),
            screen: resolve::screen_context(state),
        };
        let mut wanted = Buffer::default();
        let draw = |frame: &mut ratatui::Frame<'_>| {
            let drawn = root::draw(&view, ctx, frame.buffer_mut());
            if let Some((area, picture)) = drawn.poster.and_then(|spot| Some((spot.area, spot.picture?))) {
                self.pictures.draw(&picture, shown.way, shown.cell, area, frame.buffer_mut());
            }
            wanted = frame.buffer_mut().clone();
        };
        self.terminal.draw(draw).unwrap();
        let bytes = std::mem::take(&mut *self.tape.0.lock().unwrap());
        self.seen.process(&bytes);
        for at in wanted.area.positions() {
            let cell = &wanted[at];
            let seen = self.seen.screen().cell(at.y, at.x).unwrap();
            if cell.diff_option == CellDiffOption::None {
                let text = if seen.has_contents() { seen.contents() } else { " " };
                assert_eq!(text, cell.symbol(), "at {at}");
            }
        }
        bytes
    }

    #[track_caller]
    fn keys(&mut self, keys: &str) -> Vec<u8> {
        self.stage.keys(keys);
        self.frame()
    }
}

/// The beginning of each sequence that carries a picture.
fn carries_picture(bytes: &[u8]) -> bool {
    [&b"\x1b_G"[..], b"\x1bP", b"\x1b]1337"].iter().any(|start| memchr::memmem::find(bytes, start).is_some())
}

#[test]
fn a_poster_is_written_once_and_not_while_the_cursor_moves() {
    for way in SHARP {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut glass = Glass::new(width, height, way);
            let first = glass.frame();
            assert!(carries_picture(&first), "{way:?}");
            // A kitty terminal has the picture now; the cell that brought it only has its placeholder.
            let second = glass.frame();
            assert!(second.len() <= if way == PictureWay::Kitty { 64 } else { 0 }, "{way:?}: nothing has changed");
            assert_eq!(glass.frame(), b"", "{way:?}");
            for key in ["enter", "down", "down", "up", "esc"] {
                let bytes = glass.keys(key);
                assert!(bytes.len() < 600 && !carries_picture(&bytes), "{way:?} {key}: {} bytes", bytes.len());
            }
            assert!(carries_picture(&glass.keys("down")), "{way:?}: another film has another poster");
        }
    }
    for (width, height, most) in [(80, 24, 10_000), (120, 40, 20_000)] {
        let mut glass = Glass::new(width, height, PictureWay::Blocks);
        assert!(glass.frame().len() < most);
        assert_eq!(glass.frame(), b"");
        let bytes = glass.keys("enter");
        assert!(bytes.len() < 600, "{} bytes", bytes.len());
    }
}

#[test]
fn what_lies_over_a_picture_is_read_and_the_picture_comes_back() {
    for way in SHARP {
        let mut glass = Glass::new(80, 24, way);
        glass.frame();
        assert!(!carries_picture(&glass.keys("f8 text:help")), "{way:?}");
        assert!(glass.seen.screen().contents().contains(['▀', '▄']), "{way:?}: below it the poster is of characters");
        assert!(!carries_picture(&glass.keys("enter")), "{way:?}");
        assert!(glass.seen.screen().contents().contains(" Keys "), "{way:?}: the help is read");
        let back = glass.keys("esc");
        assert!(carries_picture(&back) != (way == PictureWay::Kitty), "{way:?}: kitty has it still");
        assert_eq!(glass.seen.screen().contents().contains('\u{10eeee}'), way == PictureWay::Kitty);
    }
}

#[test]
fn a_screen_without_a_poster_has_nothing_left_of_it() {
    for way in SHARP {
        let mut glass = Glass::new(80, 24, way);
        glass.frame();
        // Every cell is compared in frame(), and the seats stand where the poster was.
        assert!(!carries_picture(&glass.keys("enter enter")), "{way:?}");
        let text = glass.seen.screen().contents();
        assert!(!text.contains('\u{10eeee}'), "{way:?}: {text}");
        let back = glass.keys("f2");
        assert!(carries_picture(&back) != (way == PictureWay::Kitty), "{way:?}: back at the films");
        // Ctrl-L, or a terminal that was attached anew.
        glass.terminal.clear().unwrap();
        glass.pictures.forget();
        assert!(carries_picture(&glass.frame()), "{way:?}");
    }
}

#[test]
fn a_terminal_of_256_colours_gets_the_nearest_of_them() {
    let mut stage = Stage::new(80, 24).with_posters(PictureWay::Blocks);
    stage.depth = Depth::Ansi256;
    stage.draw();
    let (buffer, frame) = stage.draw();
    let spot = frame.poster.unwrap().area;
    let colors = spot.positions().flat_map(|at| [buffer[at].fg, buffer[at].bg]);
    assert!(colors.into_iter().all(|color| matches!(color, Color::Indexed(16..))));
}

/// What a picture is made of on the line.
fn written(way: PictureWay, picture: &Picture) -> String {
    let cell = PictureSize { width: 10, height: 20 };
    let area = Rect::new(0, 0, 24, 18);
    let mut buffer = Buffer::empty(area);
    Pictures::default().draw(picture, way, cell, area, &mut buffer);
    buffer[(0, 0)].symbol().to_owned()
}

#[test]
fn only_our_own_pixels_are_sent() {
    let picture = painted("/p.jpg", PictureSize { width: 240, height: 360 });

    // iTerm2: a PNG that we have made, and no name.
    let sent = written(PictureWay::Iterm, &picture);
    let (head, file) = sent.split_once("\x1b]1337;File=").unwrap();
    assert_eq!(head, format!("{}\x1b[18A", "\x1b[24X\x1b[1B".repeat(18)));
    let (head, file) = file.split_once(':').unwrap();
    assert!(head.starts_with("inline=1;size=") && !head.contains("name"), "{head}");
    let png = STANDARD.decode(file.strip_suffix('\x07').unwrap()).unwrap();
    let drawn = image::load_from_memory_with_format(&png, image::ImageFormat::Png).unwrap();
    assert_eq!(drawn.into_rgb8().as_raw().as_slice(), picture.rgb());

    // kitty: the pixels directly (t=d): never a file, a shared memory or an animation.
    let sent = written(PictureWay::Kitty, &picture);
    let (chunks, placeholder) = sent.rsplit_once("\x1b\\").unwrap();
    assert!(placeholder.starts_with('\u{10eeee}'));
    for (i, chunk) in chunks.split("\x1b\\").enumerate() {
        let (keys, payload) = chunk.strip_prefix("\x1b_G").unwrap().split_once(';').unwrap();
        let keys: Vec<&str> = keys.split(',').collect();
        match i {
            0 => assert!(
                matches!(keys[..], ["q=2", _, "a=T", "U=1", "f=32", "o=z", "t=d", "s=240", "v=360", _]),
                "{keys:?}"
            ),
            _ => assert!(matches!(keys[..], ["q=2", "m=0" | "m=1"]), "{keys:?}"),
        }
        assert!(payload.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)));
    }

    // Sixel: colours and sixels, nothing else.
    let sent = written(PictureWay::Sixel, &picture);
    let (_, sixels) = sent.split_once("\x1bP").unwrap();
    let (head, sixels) = sixels.split_once('q').unwrap();
    assert!(head.bytes().all(|b| b.is_ascii_digit() || b == b';'), "{head}");
    let sixels = sixels.strip_suffix("\x1b\\").unwrap();
    assert!(sixels.bytes().all(|b| (0x3f..0x7f).contains(&b) || b"\"#$-!;0123456789".contains(&b)));
}

#[test]
fn a_picture_of_another_shape_stays_in_its_place() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 20));
    let wide = painted("/wide.jpg", PictureSize { width: 240, height: 90 });
    let area = Rect::new(2, 1, 24, 18);
    Pictures::default().draw(&wide, PictureWay::Sixel, PictureSize { width: 10, height: 20 }, area, &mut buffer);
    let covered = |x, y| buffer[(x, y)].diff_option != CellDiffOption::None;
    assert!(covered(2, 1) && covered(25, 5));
    assert!(!covered(26, 1) && !covered(2, 6) && !covered(1, 1));
}

/// Prints what a poster takes on the line (`cargo test --test pictures -- --nocapture bytes`).
#[test]
fn the_bytes_of_a_poster_are_bounded() {
    for (width, height) in [(80, 24), (120, 40)] {
        for way in [PictureWay::Blocks, PictureWay::Kitty, PictureWay::Sixel, PictureWay::Iterm] {
            let mut glass = Glass::new(width, height, way);
            let began = std::time::Instant::now();
            glass.frame();
            let first = began.elapsed();
            let next = glass.keys("down").len();
            let began = std::time::Instant::now();
            glass.keys("up");
            println!(
                "{width}x{height} {way:?}: {next} bytes for the next film; first frame {first:?}, back {:?}",
                began.elapsed()
            );
            let most = if way == PictureWay::Blocks { 20_000 } else { 60_000 };
            assert!(next < most, "{way:?}: {next} bytes");
        }
    }
    // Noise is the worst that there is.
    let mut state = 1u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    });
    let size = PictureSize { width: 240, height: 360 };
    let picture = Picture::new(size, noise.take(240 * 360 * 3).collect()).unwrap();
    for way in SHARP {
        let began = std::time::Instant::now();
        let bytes = written(way, &picture).len();
        println!("noise, {way:?}: {bytes} bytes in {:?}", began.elapsed());
        assert!(bytes < 600_000, "{way:?}: {bytes} bytes");
    }
}
