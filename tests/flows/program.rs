//! The terminal program of one person, on a thread of its own: the real loop, store and adapters; keys come through
//! a channel and its bytes go to a terminal emulator.

use super::house::{Choice, House};
use crate::common::seen::Seen;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use frontrow::{
    app::Reach,
    config::{self, Flags, LogLevel, StoreChoice},
    domain::{
        money::Glyphs,
        sign_in::{Offer, Way},
    },
    input::keymap,
    platform::env::OsEntropy,
    store::{
        slices::prefs::{Motion, Pictures, Place, Prefs},
        state::Size,
    },
    term::{
        backend::Ansi,
        run::{Parts, Screen, SystemWish},
    },
    ui::theme::{Depth, Theme},
};
use std::{io, sync::Arc, thread};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

pub const PASSWORD: &str = "correct horse battery";

/// Whether somebody has signed in at this machine before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Person {
    New,
    Known,
}

pub struct Program {
    pub seen: Seen,
    events: UnboundedSender<Event>,
    wishes: UnboundedSender<SystemWish>,
    thread: Option<thread::JoinHandle<io::Result<()>>>,
    _home: TempDir,
}

impl Program {
    pub fn start(house: &House, person: Person) -> Self {
        Self::start_seen(house, person, Seen::new(80, 24))
    }

    pub fn start_seen(house: &House, person: Person, seen: Seen) -> Self {
        let home = TempDir::new().unwrap();
        let parts = parts(house, person, &home);
        let (events, mut coming) = unbounded_channel();
        let (wishes, wished) = unbounded_channel();
        let out = seen.clone();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let size = parts.prefs.size;
            let backend = Ansi::new(out.clone(), ratatui::layout::Size { width: size.width, height: size.height });
            let ended = runtime.block_on(async {
                let events = futures_util::stream::poll_fn(move |context| coming.poll_recv(context).map(|e| e.map(Ok)));
                let mut screen = Screen::new(parts, backend)?;
                let ended = screen.run(events, wished).await;
                screen.finish().await;
                ended
            });
            out.end();
            ended
        };
        let thread = thread::Builder::new().name("main".to_owned()).spawn(run).unwrap();
        Self { seen, events, wishes, thread: Some(thread), _home: home }
    }

    fn send(&self, event: Event) {
        self.events.send(event).expect("the program runs");
    }

    /// Presses keys by their names in the keymap: `"down enter 2 ctrl-q"`.
    pub fn keys(&self, keys: &str) {
        for name in keys.split_whitespace() {
            self.send(Event::Key(key(name)));
        }
    }

    pub fn write(&self, text: &str) {
        for c in text.chars() {
            self.send(Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
        }
    }

    pub fn resize(&self, width: u16, height: u16) {
        self.seen.resize(width, height);
        self.send(Event::Resize(width, height));
    }

    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        self.seen.wait_for(text);
    }

    #[track_caller]
    pub fn wait_until_gone(&self, text: &str) {
        self.seen.wait_until_gone(text);
    }

    /// From the films to the seat map of a show.
    #[track_caller]
    pub fn open(&self, choice: &Choice) {
        self.wait_for("Type to search");
        self.write(&choice.title);
        self.wait_for("Times of");
        self.wait_for(" left");
        self.keys("enter");
        self.wait_for("Choose seats");
        self.keys(&"down ".repeat(choice.nth));
        self.keys("enter");
        self.wait_for("sold ");
    }

    /// Names seats in the line for it.
    pub fn type_seats(&self, text: &str) {
        self.keys("/");
        self.write(text);
        self.keys("enter");
    }

    /// Fills in the form for a new account, which is on the screen.
    #[track_caller]
    pub fn sign_up(&self, name: &str, email: &str) {
        self.wait_for("New account");
        for text in [name, email, PASSWORD] {
            self.write(text);
            self.keys("enter");
        }
    }

    #[track_caller]
    pub fn sign_in(&self, email: &str, password: &str) {
        self.wait_for("Sign in");
        for text in [email, password] {
            self.write(text);
            self.keys("enter");
        }
    }

    /// Leaves, and waits for the end.
    pub fn leave(mut self) {
        self.keys("ctrl-q");
        self.join();
    }

    #[track_caller]
    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the loop does not panic").expect("the loop ends well");
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that fails leaves here, too: its program must not outlive it.
        let _ = self.wishes.send(SystemWish::Quit);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn parts(house: &House, person: Person, home: &TempDir) -> Parts {
    let (rows, cols) = (24, 80);
    let values = vec![
        ("data_dir", home.path().display().to_string()),
        ("server", house.url.to_string()),
        ("credential_store", StoreChoice::Memory.to_string()),
        ("log_level", LogLevel::Warn.to_string()),
    ];
    let settings = config::load(&Flags { file: None, values }).unwrap();
    Parts {
        terminal_size: || None,
        open_page: |_| {},
        cell_size: || None,
        connector: Arc::new(Reach::new(settings, house.clock.clone())),
        clock: house.clock.clone(),
        prefs: Prefs {
            size: Size { width: cols, height: rows },
            glyphs: Glyphs::Unicode,
            motion: Motion::Full,
            seed: frontrow::domain::env::random(&OsEntropy),
            newcomer: person == Person::New,
            place: Place::Own,
            has_browser: false,
            sure_offer: Some(Offer { ways: vec![Way::Password], sign_up: true }),
            pictures: Pictures::default(),
            interrupted_at: None,
        },
        theme: Theme::of(Depth::Ansi16),
        keymap: keymap::DEFAULT.parse().unwrap(),
        frame_ms: 8,
        mouse: true,
    }
}

fn key(name: &str) -> KeyEvent {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        let modifiers = if c.is_ascii_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
        return KeyEvent::new(KeyCode::Char(c), modifiers);
    }
    let key = crokey::parse(name).unwrap_or_else(|_| panic!("{name} is a key"));
    match key.codes {
        crokey::OneToThree::One(code) => KeyEvent::new(code, key.modifiers),
        _ => panic!("{name} is several keys"),
    }
}
