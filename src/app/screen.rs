//! The terminal program, put together: settings and the terminal's abilities become the parts of the loop.

use super::{Office, connect_by, gallery};
use crate::{
    config::{self, AuthChoice, Settings, ThemeChoice},
    domain::{
        env::{Clock, Entropy, random},
        failure::{Failure, FailureKind},
        sign_in::{Offer, Way},
    },
    effects::ports::{Connector, Gallery, Ports},
    platform::{
        browser,
        caps::{self, Caps, Colors, Output},
        env::{OsEntropy, SystemClock},
    },
    store::{
        slices::prefs::{Motion, Place, Prefs},
        state::{SMALLEST, Size},
    },
    term::run::{self, Parts},
    ui::theme::{Depth, Theme, ThemeName},
};
use async_trait::async_trait;
use std::{
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The least time between two frames: 120 a second here, 30 over SSH.
const FRAME_MS: u64 = 8;
const FRAME_MS_SSH: u64 = 33;

/// Runs the screen until the person leaves.
///
/// # Errors
/// When standard output is no terminal, or one that is too small or cannot be read.
pub fn run(settings: Settings) -> Result<ExitCode, Failure> {
    let caps = Caps::detect(settings.color, settings.glyphs);
    if caps.output == Output::Elsewhere {
        let why = "the screen needs a terminal; `frontrow movies` and the other commands (`frontrow --help`) do not";
        return Err(Failure::new(FailureKind::Input, "no_terminal", why));
    }
    let size = terminal_size()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let parts = Parts {
        prefs: Prefs {
            size,
            glyphs: caps.glyphs,
            motion: if settings.reduced_motion { Motion::Reduced } else { Motion::Full },
            seed: random(&OsEntropy as &dyn Entropy),
            newcomer: !settings.dirs.credential_store().exists(),
            place: if settings.kiosk { Place::Kiosk } else { Place::Own },
            has_browser: !settings.kiosk && browser::has_screen(),
            sure_offer: sure_offer(settings.auth),
            pictures: gallery::pictures(settings.posters, &caps),
            interrupted_at: None,
        },
        theme: Theme::named(theme(settings.theme), depth(caps.colors)),
        keymap: config::keymap(&settings)?,
        frame_ms: if caps.place == caps::Place::Ssh { FRAME_MS_SSH } else { FRAME_MS },
        terminal_size: || crossterm::terminal::size().ok(),
        open_page: browser::open_page,
        cell_size: gallery::cell_size,
        mouse: settings.mouse,
        connector: Arc::new(Reach::new(settings, clock.clone())),
        clock,
    };
    super::in_runtime(async {
        run::run(parts).await.map_err(|error| {
            let why = format!("the terminal cannot be used: {error}");
            Failure::new(FailureKind::Other, "terminal", why)
        })
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What a box office's own accounts always offer; of other services nothing is sure before they have been asked.
fn sure_offer(auth: AuthChoice) -> Option<Offer> {
    (auth == AuthChoice::Local).then(|| Offer { ways: vec![Way::Password], sign_up: true })
}

fn terminal_size() -> Result<Size, Failure> {
    let (width, height) = crossterm::terminal::size().map_err(|error| {
        Failure::new(FailureKind::Input, "no_terminal", format!("the terminal does not tell its size: {error}"))
    })?;
    if width < SMALLEST.width || height < SMALLEST.height {
        let why = format!(
            "this terminal has {width} columns and {height} lines; the screen needs at least {} by {}: make it larger, \
             or use the commands, such as `frontrow movies` and `frontrow book`",
            SMALLEST.width, SMALLEST.height
        );
        return Err(Failure::new(FailureKind::Input, "terminal_too_small", why));
    }
    Ok(Size { width, height })
}

fn theme(choice: ThemeChoice) -> ThemeName {
    match choice {
        ThemeChoice::Ansi => ThemeName::Ansi,
        ThemeChoice::ColourSafe => ThemeName::ColourSafe,
        ThemeChoice::HighContrast => ThemeName::HighContrast,
        ThemeChoice::Mono => ThemeName::Mono,
    }
}

/// The depth of a theme in the colours that there are.
pub fn depth(colors: Colors) -> Depth {
    match colors {
        Colors::None => Depth::Mono,
        Colors::Ansi8 => Depth::Ansi8,
        Colors::Ansi16 => Depth::Ansi16,
        Colors::Ansi256 => Depth::Ansi256,
        Colors::True => Depth::True,
    }
}

/// Reaches the box office that the settings name, as often as it is asked to.
pub struct Reach {
    settings: Settings,
    clock: Arc<dyn Clock>,
    /// Keeps a box office inside this program alive for as long as the screen is.
    office: Mutex<Option<Arc<Office>>>,
}

impl Reach {
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self { settings, clock, office: Mutex::default() }
    }

    async fn made(&self) -> Result<Arc<Office>, Failure> {
        let office = Arc::new(connect_by(&self.settings, self.clock.clone()).await?);
        *self.known() = Some(office.clone());
        Ok(office)
    }

    fn known(&self) -> MutexGuard<'_, Option<Arc<Office>>> {
        self.office.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Connector for Reach {
    async fn connect(&self) -> Result<Ports, Failure> {
        let known = self.known().clone();
        let is_new = known.is_none();
        let office = match known {
            Some(office) => office,
            None => self.made().await?,
        };
        // Whether it can be reached is known before anything is shown.
        let office = match office.office.cinema().await {
            Ok(_) => office,
            Err(failure) if super::was_mistaken(&self.settings, &failure) => {
                let office = self.made().await?;
                office.office.cinema().await?;
                office
            }
            Err(failure) => {
                // What a server speaks that was never reached is not known yet.
                if is_new && self.settings.server.is_some() {
                    *self.known() = None;
                }
                return Err(failure);
            }
        };
        let gallery = gallery::gallery(&self.settings, &office.origin, self.clock.clone());
        Ok(ports(&office, gallery))
    }
}

fn ports(office: &Office, gallery: Option<Arc<dyn Gallery>>) -> Ports {
    Ports {
        office: office.office.clone(),
        backstage: office.backstage.clone(),
        gallery,
        session: office.session.clone(),
        origin: office.origin.clone(),
    }
}
