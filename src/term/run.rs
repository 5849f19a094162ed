//! The loop: the only place that waits. It drains what has come, dispatches it, and draws once if what is seen has
//! changed; with nothing to do it sleeps until an event or the next deadline.

#[cfg(feature = "posters")]
use super::pictures::Pictures;
use super::{
    backend::Ansi,
    guard::{self, Guard},
};
#[cfg(feature = "posters")]
use crate::ui::frame::Spot;
use crate::{
    domain::{env::Clock, picture::PictureSize},
    effects::{
        pad::{SecretEdit, SecretPad},
        ports::Connector,
        runtime::{Answer, Runtime},
    },
    input::{
        event::{self, InputEvent},
        keymap::Keymap,
        resolve::{self, Resolved, SecretKey, TerminalWish},
        target::Hits,
    },
    store::{
        Now, Store,
        action::{Action, AppAction, PostersAction, SessionAction},
        effect::Effect,
        select::{self, ViewKey},
        slices::prefs::Prefs,
        state::State,
    },
    ui::{self, frame::Ctx, glyphs, theme::Theme},
};
use crossterm::event::Event;
use futures_util::{Stream, StreamExt};
use ratatui::{Terminal, layout::Size};
use std::{
    io::{self, Write},
    sync::Arc,
    task::Poll,
    time::Duration,
};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    time::Instant,
};

/// What the loop is made of.
pub struct Parts {
    pub connector: Arc<dyn Connector>,
    pub clock: Arc<dyn Clock>,
    pub prefs: Prefs,
    pub theme: Theme,
    pub keymap: Keymap,
    /// The least time between two frames: short on a local terminal, longer over SSH.
    pub frame_ms: u64,
    /// Asks the terminal for its columns and lines: it may have changed while the program was stopped.
    pub terminal_size: fn() -> Option<(u16, u16)>,
    /// Opens a page in the person's browser.
    pub open_page: fn(&str),
    /// Asks the terminal for the pixels of a cell, where it draws pictures: another size of letters has others.
    pub cell_size: fn() -> Option<PictureSize>,
    /// Whether mouse clicks come to the program or stay with the terminal.
    pub mouse: bool,
}

/// How long leaving may wait for what must not be cut short.
const LAST_WORDS: Duration = Duration::from_millis(1_500);

/// Runs the program in this process's terminal until the person leaves.
///
/// # Errors
/// When the terminal cannot be read or written.
pub async fn run(parts: Parts) -> io::Result<()> {
    guard::restore_on_panic();
    let entered = Guard::enter()?;
    let size = parts.prefs.size;
    let mut backend = Ansi::new(io::stdout(), Size { width: size.width, height: size.height });
    backend.raw(guard::ENTER);
    if parts.mouse {
        backend.raw(guard::MOUSE_ON);
    }
    let events = crossterm::event::EventStream::new();
    let mut screen = Screen::new(parts, backend)?;
    let ended = screen.run(events, wishes_of_the_system()?).await;
    // The terminal is given back before anything is waited for.
    drop(entered);
    screen.finish().await;
    ended
}

/// Signals that the system sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemWish {
    Quit,
    /// The process goes on after it was stopped: the screen is not what it was.
    Redraw,
}

#[cfg(unix)]
fn wishes_of_the_system() -> io::Result<UnboundedReceiver<SystemWish>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (tell, wishes) = mpsc::unbounded_channel();
    let continued = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
    let kinds = [
        (SignalKind::terminate(), SystemWish::Quit),
        (SignalKind::hangup(), SystemWish::Quit),
        (SignalKind::interrupt(), SystemWish::Quit),
        (continued, SystemWish::Redraw),
    ];
    for (kind, wish) in kinds {
        let (tell, mut signal) = (tell.clone(), signal(kind)?);
        tokio::spawn(async move { while signal.recv().await.is_some() && tell.send(wish).is_ok() {} });
    }
    Ok(wishes)
}

#[cfg(not(unix))]
fn wishes_of_the_system() -> io::Result<UnboundedReceiver<SystemWish>> {
    let (tell, wishes) = mpsc::unbounded_channel();
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && tell.send(SystemWish::Quit).is_ok() {} });
    Ok(wishes)
}

/// The store, the runtime and the terminal, put together.
pub struct Screen<W: Write> {
    store: Store,
    runtime: Runtime,
    answers: UnboundedReceiver<Answer>,
    pad: SecretPad,
    clock: Arc<dyn Clock>,
    started_ms: u64,
    theme: Theme,
    keymap: Keymap,
    frame_time: Duration,
    terminal: Terminal<Ansi<W>>,
    hits: Hits,
    drawn: Option<ViewKey>,
    drawn_at: Option<Instant>,
    terminal_size: fn() -> Option<(u16, u16)>,
    open_page: fn(&str),
    cell_size: fn() -> Option<PictureSize>,
    #[cfg(feature = "posters")]
    pictures: Pictures,
    mouse: bool,
    quitting: bool,
}

impl<W: Write> Screen<W> {
    pub fn new(parts: Parts, backend: Ansi<W>) -> io::Result<Self> {
        let (tell, answers) = mpsc::unbounded_channel();
        let pad = SecretPad::default();
        Ok(Self {
            store: Store::new(State::new(parts.prefs)),
            runtime: Runtime::new(parts.connector, pad.clone(), tell),
            answers,
            pad,
            started_ms: parts.clock.monotonic_ms(),
            clock: parts.clock,
            theme: parts.theme,
            keymap: parts.keymap,
            frame_time: Duration::from_millis(parts.frame_ms),
            terminal: Terminal::new(backend)?,
            hits: Hits::default(),
            drawn: None,
            drawn_at: None,
            terminal_size: parts.terminal_size,
            open_page: parts.open_page,
            cell_size: parts.cell_size,
            #[cfg(feature = "posters")]
            pictures: Pictures::default(),
            mouse: parts.mouse,
            quitting: false,
        })
    }

    fn now(&self) -> Now {
        Now { mono_ms: self.clock.monotonic_ms() - self.started_ms, wall: self.clock.now() }
    }

    /// Runs until the person leaves or the events end.
    pub async fn run(
        &mut self,
        mut events: impl Stream<Item = io::Result<Event>> + Unpin,
        mut wishes: UnboundedReceiver<SystemWish>,
    ) -> io::Result<()> {
        // The first frame waits for nothing: not for the network, not for the keyring, not for the terminal.
        self.draw()?;
        self.dispatch(AppAction::Start);
        while !self.quitting {
            let wake = self.wake();
            tokio::select! {
                biased;
                event = events.next() => {
                    let Some(event) = event else { break };
                    self.take_event(event?)?;
                    // Everything that is already here is taken before the next frame.
                    while let Some(event) = already_here(&mut events).await {
                        self.take_event(event?)?;
                    }
                }
                Some(answer) = self.answers.recv() => self.take_answer(answer),
                Some(wish) = wishes.recv() => match wish {
                    SystemWish::Quit => self.dispatch(AppAction::Quit),
                    SystemWish::Redraw => self.redraw()?,
                },
                () = sleep_until(wake), if wake.is_some() => self.dispatch(AppAction::Tick),
            }
            while let Ok(answer) = self.answers.try_recv() {
                self.take_answer(answer);
            }
            self.draw_if_due()?;
        }
        Ok(())
    }

    /// Waits, not for long, for what must not be cut short: held seats that go back, a sale under way.
    pub async fn finish(&mut self) {
        self.runtime.finish(LAST_WORDS).await;
    }

    /// When to wake without an event: for the frame that is owed, or for what changes by itself.
    fn wake(&self) -> Option<Instant> {
        let now = self.now();
        let owed = (self.drawn.as_ref() != Some(&select::key(self.store.state(), now)))
            .then(|| self.drawn_at.map(|at| at + self.frame_time))
            .flatten();
        let deadline = select::deadline(self.store.state(), now)
            .map(|at| Instant::now() + Duration::from_millis(at.saturating_sub(now.mono_ms)));
        [owed, deadline].into_iter().flatten().min()
    }

    fn dispatch(&mut self, action: impl Into<Action>) {
        let now = self.now();
        for effect in self.store.dispatch(now, action) {
            match effect {
                Effect::Quit => self.quitting = true,
                Effect::OpenPage(url) => (self.open_page)(&url),
                Effect::Bell => self.terminal.backend_mut().raw(b"\x07"),
                other => self.runtime.run(other),
            }
        }
    }

    fn take_answer(&mut self, answer: Answer) {
        let action = match answer {
            Answer::Action(action) => action,
            Answer::Connected(ports) => self.runtime.connected(ports),
        };
        self.dispatch(action);
    }

    fn take_event(&mut self, event: Event) -> io::Result<()> {
        let Some(event) = event::of_terminal(event) else { return Ok(()) };
        if let InputEvent::Resize { width, height } = event {
            self.terminal.backend_mut().set_size(Size { width, height });
            // A terminal that was attached anew reports its old size: what it shows is unknown all the same.
            self.drawn = None;
            self.terminal.resize(ratatui::layout::Rect::new(0, 0, width, height))?;
            self.forget_pictures();
            if self.store.state().prefs.pictures.way.is_sharp()
                && let Some(cell) = (self.cell_size)()
            {
                self.dispatch(PostersAction::Cell(cell));
            }
        }
        let resolved = resolve::resolve(self.store.state(), &self.keymap, &self.hits, event);
        self.take(resolved)
    }

    fn take(&mut self, resolved: Resolved) -> io::Result<()> {
        match resolved {
            Resolved::Both(both) => {
                for one in *both {
                    self.take(one)?;
                }
            }
            Resolved::Action(action) => self.dispatch(action),
            Resolved::Secret(key) => {
                let edit = match key {
                    SecretKey::Insert(c) => SecretEdit::Insert(c),
                    SecretKey::DeleteLast => SecretEdit::DeleteLast,
                    SecretKey::Clear => SecretEdit::Clear,
                };
                let length = self.pad.edit(edit);
                self.dispatch(SessionAction::SecretLength(length));
            }
            Resolved::SecretPaste(text) => {
                let length = text.chars().fold(None, |_, c| Some(self.pad.edit(SecretEdit::Insert(c))));
                if let Some(length) = length {
                    self.dispatch(SessionAction::SecretLength(length));
                }
            }
            Resolved::Terminal(TerminalWish::Redraw) => self.redraw()?,
            Resolved::Terminal(TerminalWish::Suspend) => self.suspend()?,
            Resolved::Terminal(TerminalWish::ToggleMouse) => {
                self.mouse = !self.mouse;
                let bytes = if self.mouse { guard::MOUSE_ON } else { guard::MOUSE_OFF };
                self.terminal.backend_mut().raw(bytes);
                self.drawn = None;
            }
            Resolved::Nothing => {}
        }
        Ok(())
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let changed = self.drawn.as_ref() != Some(&select::key(self.store.state(), self.now()));
        let due = self.drawn_at.is_none_or(|at| at.elapsed() >= self.frame_time);
        if changed && due && !self.quitting { self.draw() } else { Ok(()) }
    }

    fn draw(&mut self) -> io::Result<()> {
        let now = self.now();
        let state = self.store.state();
        let view = select::view(state, now);
        let ctx = Ctx {
            theme: &self.theme,
            glyphs: glyphs::set(state.prefs.glyphs),
            keymap: &self.keymap,
            context: resolve::context(state),
            screen: resolve::screen_context(state),
        };
        let mut hits = Hits::default();
        let mut room = None;
        self.terminal.draw(|frame| {
            let drawn = ui::root::draw(&view, ctx, frame.buffer_mut());
            hits = drawn.hits;
            room = drawn.poster.as_ref().map(|spot| (spot.area.width, spot.area.height));
            #[cfg(feature = "posters")]
            if let Some(Spot { area, picture: Some(picture) }) = &drawn.poster {
                let shown = state.prefs.pictures;
                self.pictures.draw(picture, shown.way, shown.cell, *area, frame.buffer_mut());
            }
            if let Some(cursor) = drawn.cursor {
                frame.set_cursor_position(cursor);
            }
        })?;
        self.hits = hits;
        // The place that a poster has is known when it is drawn; what is seen does not change by that.
        if let Some((columns, lines)) = room.filter(|room| self.store.state().posters.room() != Some(*room)) {
            self.dispatch(PostersAction::Room(columns, lines));
        }
        self.drawn = Some(select::key(self.store.state(), now));
        self.drawn_at = Some(Instant::now());
        Ok(())
    }

    fn forget_pictures(&mut self) {
        #[cfg(feature = "posters")]
        self.pictures.forget();
    }

    fn redraw(&mut self) -> io::Result<()> {
        if let Some((width, height)) = (self.terminal_size)() {
            self.take_event(Event::Resize(width, height))?;
        }
        self.terminal.clear()?;
        self.forget_pictures();
        self.draw()
    }

    /// Puts the program aside, as Ctrl-Z does: raw mode makes it a key, so the stop is made here.
    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        guard::restore();
        // SIGSTOP: an orphaned process group ignores SIGTSTP and would hang in the restored terminal.
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP)?;
        std::mem::forget(Guard::enter()?);
        self.terminal.backend_mut().raw(guard::ENTER);
        if self.mouse {
            self.terminal.backend_mut().raw(guard::MOUSE_ON);
        }
        self.dispatch(AppAction::Tick);
        self.redraw()
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The next event if it is here already. Polled with this task's own waker: crossterm wakes whoever asked first, and
/// would never wake the loop after a question by a waker that does nothing.
async fn already_here<S: Stream + Unpin>(events: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| {
        Poll::Ready(match events.poll_next_unpin(context) {
            Poll::Ready(event) => event,
            Poll::Pending => None,
        })
    })
    .await
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
