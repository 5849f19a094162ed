//! What a terminal shows: every byte that is written goes through a terminal emulator, and tests wait for what they
//! expect to see.

use std::{
    io::{self, Write},
    num::NonZeroU16,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long anything may take on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal that remembers. Clones share it.
#[derive(Clone)]
pub struct Seen(Arc<(Mutex<Memory>, Condvar)>);

pub struct Memory {
    parser: vt100::Parser,
    /// Every byte, in order.
    pub bytes: Vec<u8>,
    /// When each write came, and how many bytes there were after it.
    pub writes: Vec<(Instant, usize)>,
    /// Texts to look out for, with the moment when each was first seen.
    sightings: Vec<(String, Option<Instant>)>,
    /// Whoever wrote has gone away.
    ended: bool,
}

impl Memory {
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }
}

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a terminal has cells")
}

impl Seen {
    pub fn new(width: u16, height: u16) -> Self {
        let parser = vt100::Parser::new(cells(height), cells(width), 0);
        let memory = Memory { parser, bytes: Vec::new(), writes: Vec::new(), sightings: Vec::new(), ended: false };
        Self(Arc::new((Mutex::new(memory), Condvar::new())))
    }

    pub fn now(&self) -> MutexGuard<'_, Memory> {
        // A test that fails while it looks must not take the writer down with it.
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn resize(&self, width: u16, height: u16) {
        self.now().parser.set_size(cells(height), cells(width));
    }

    pub fn end(&self) {
        self.now().ended = true;
        self.0.1.notify_all();
    }

    pub fn text(&self) -> String {
        self.now().screen().contents()
    }

    /// Column and line of the cursor.
    pub fn cursor(&self) -> (u16, u16) {
        let (y, x) = self.now().screen().cursor_position();
        (x, y)
    }

    pub fn written(&self) -> usize {
        self.now().bytes.len()
    }

    /// From now on the moment is noted when a text is first seen.
    pub fn look_out_for(&self, text: &str) {
        self.now().sightings.push((text.to_owned(), None));
    }

    pub fn first_seen(&self, text: &str) -> Option<Instant> {
        self.now().sightings.iter().find(|(wanted, _)| wanted == text).and_then(|(_, at)| *at)
    }

    /// Waits until the memory is as wanted; gives what `check` made of it.
    #[track_caller]
    pub fn wait_until<T>(&self, what: &str, mut check: impl FnMut(&Memory) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut memory = self.now();
        loop {
            if let Some(outcome) = check(&memory) {
                return outcome;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "never came: {what}. The screen is:\n{}", memory.screen().contents());
            assert!(!memory.ended, "the program ended before: {what}. The screen is:\n{}", memory.screen().contents());
            memory = self.0.1.wait_timeout(memory, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        self.wait_until(text, |memory| memory.screen().contents().contains(text).then_some(()));
    }

    #[track_caller]
    pub fn wait_until_gone(&self, text: &str) {
        let what = format!("a screen without {text}");
        self.wait_until(&what, |memory| (!memory.screen().contents().contains(text)).then_some(()));
    }
}

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut memory = self.now();
        memory.parser.process(bytes);
        memory.bytes.extend_from_slice(bytes);
        let now = (Instant::now(), memory.bytes.len());
        memory.writes.push(now);
        if memory.sightings.iter().any(|(_, at)| at.is_none()) {
            let shown = memory.screen().contents();
            for (text, at) in memory.sightings.iter_mut().filter(|(_, at)| at.is_none()) {
                *at = shown.contains(text.as_str()).then_some(now.0);
            }
        }
        self.0.1.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
