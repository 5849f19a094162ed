//! The person's browser, where there is one that does not take over the terminal.

use url::Url;

/// Whether a page that is opened here is seen by the person at this terminal. Without a screen, a text browser would
/// take the terminal; over SSH, the screen is somebody else's.
pub fn has_screen() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let remote = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(is_set);
    let screen = cfg!(any(target_os = "macos", windows)) || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_set);
    screen && !remote
}

/// Opens a page that a box office has named, if its address is one for a browser: `https`, or `http`, without a name or
/// password in it.
pub fn open_page(url: &str) {
    match Url::parse(url) {
        Ok(url)
            if matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none() =>
        {
            open(&url);
        }
        _ => tracing::warn!("a page was not opened: its address is none for a browser"),
    }
}

/// Opens a page. The person is shown its address, too, so it is no failure when nothing opens.
pub fn open(url: &Url) {
    let url = url.clone();
    // Some systems' openers only return when the browser has been closed.
    let opening = std::thread::Builder::new().name("browser".to_owned()).spawn(move || {
        if let Err(error) = webbrowser::open(url.as_str()) {
            tracing::warn!(%error, "no browser could be opened");
        }
    });
    if let Err(error) = opening {
        tracing::warn!(%error, "no browser could be opened");
    }
}
