//! Films' own posters: whether and how they are shown in this terminal, and what fetches them.

use crate::{
    config::{PosterChoice, Settings},
    domain::{
        env::Clock,
        picture::{PictureSize, PictureWay},
    },
    effects::ports::Gallery,
    platform::caps::Caps,
    store::slices::prefs::Pictures,
};
use std::sync::Arc;

/// The pixels of a cell where a way is named and the terminal tells nothing: a picture then may be smaller than its
/// place.
const SMALL_CELL: PictureSize = PictureSize { width: 8, height: 16 };

/// How pictures are shown.
pub fn pictures(choice: PosterChoice, caps: &Caps) -> Pictures {
    let way = if cfg!(feature = "posters") { caps.pictures(choice) } else { PictureWay::None };
    match (way.is_sharp(), cell_size()) {
        (true, Some(cell)) => Pictures { way, cell },
        // Without the size of its cells a picture could not be told where to end.
        (true, None) if choice == PosterChoice::Auto => Pictures { way: PictureWay::Blocks, ..Pictures::default() },
        (true, None) => Pictures { way, cell: SMALL_CELL },
        (false, _) => Pictures { way, ..Pictures::default() },
    }
}

/// The pixels of a cell, if the terminal's device tells them.
pub fn cell_size() -> Option<PictureSize> {
    let window = crossterm::terminal::window_size().ok()?;
    let cell = |pixels: u16, cells: u16, most: u32| {
        let size = u32::from(pixels) / u32::from(cells).max(1);
        (4..=most).contains(&size).then_some(size)
    };
    Some(PictureSize { width: cell(window.width, window.columns, 64)?, height: cell(window.height, window.rows, 128)? })
}

/// What fetches the posters of the films of one server.
#[cfg(feature = "posters")]
pub fn gallery(settings: &Settings, server: &str, clock: Arc<dyn Clock>) -> Option<Arc<dyn Gallery>> {
    use crate::api::posters::{Posters, Shelf, SystemLookup};

    if settings.posters == PosterChoice::Off {
        return None;
    }
    let server = server.parse().ok()?;
    // Nothing stays on a machine that everybody uses.
    let shelf = (!settings.kiosk).then(|| Shelf::new(settings.dirs.posters(), clock));
    Some(Arc::new(Posters::new(server, settings.poster_base.clone(), Arc::new(SystemLookup), shelf)))
}

#[cfg(not(feature = "posters"))]
pub fn gallery(_: &Settings, _: &str, _: Arc<dyn Clock>) -> Option<Arc<dyn Gallery>> {
    None
}
