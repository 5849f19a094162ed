//! The terminal's modes: what was switched on is switched off again, exactly once, on every way out.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// Alternate screen and bracketed paste.
pub const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h";
const LEAVE: &[u8] = b"\x1b[m\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?25h\x1b[?1049l";
/// Mouse buttons, and motion while one is down (1000 and 1002, with SGR coordinates, 1006). Not all motion (1003):
/// reports of every movement would flood a slow line.
pub const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
pub const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Whether the terminal is ours now; also for the panic hook, which has no guard at hand.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// While it lives the terminal is ours.
pub struct Guard(());

impl Guard {
    /// Raw mode. The bytes of [`ENTER`] go out with the first frame, in one write.
    ///
    /// # Errors
    /// When the terminal's settings cannot be changed.
    pub fn enter() -> io::Result<Self> {
        crossterm::terminal::enable_raw_mode()?;
        ENTERED.store(true, Ordering::SeqCst);
        Ok(Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back as it was. Safe to call at any time, any number of times.
pub fn restore() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout().lock();
        // The terminal may be gone; then there is nothing to restore.
        let _ = out.write_all(LEAVE).and_then(|()| out.flush());
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// A panic first gives the terminal back, so that its message can be read.
pub fn restore_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Tasks of the runtime catch their own panics; the screen stays. Only the loop's own thread ends.
        if std::thread::current().name() == Some("main") {
            restore();
        }
        before(panic);
    }));
}
