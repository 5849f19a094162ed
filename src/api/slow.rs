//! Word for people that a call takes long. Commands ask for it; the screen shows by itself what it waits for.

use std::{
    pin::pin,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How long a call may take before anyone is told.
const UNREMARKABLE: Duration = Duration::from_secs(3);

/// Is told the server's address, at most once in this process.
static LISTENER: OnceLock<fn(&str)> = OnceLock::new();
static TOLD: AtomicBool = AtomicBool::new(false);

/// From now on `tell` hears of the first call that takes long. Only the first listener is kept.
pub fn listen(tell: fn(&str)) {
    LISTENER.get_or_init(|| tell);
}

/// Makes the call to `origin`, and tells of it when it takes long.
pub async fn watched<T>(origin: impl FnOnce() -> String, call: impl Future<Output = T>) -> T {
    let Some(tell) = LISTENER.get() else { return call.await };
    let mut call = pin!(call);
    tokio::select! {
        outcome = &mut call => return outcome,
        () = tokio::time::sleep(UNREMARKABLE) => {}
    }
    if !TOLD.swap(true, Ordering::Relaxed) {
        tell(&origin());
    }
    call.await
}
