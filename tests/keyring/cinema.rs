//! A box office for the programs of a test, on threads of its own.

use crate::house::House;
use std::{sync::OnceLock, time::Duration};

/// The box office's threads; a test's House lives on them.
fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

pub struct Cinema(House);

impl Cinema {
    pub fn open() -> Self {
        Self(runtime().block_on(House::open()))
    }

    pub fn url(&self) -> &str {
        self.0.running.url()
    }

    /// Puts the box office's clock forward.
    pub fn later(&self, by: Duration) {
        self.0.clock.advance_minutes(i64::try_from(by.as_secs().div_ceil(60)).unwrap());
    }

    /// Words for a show and a seat of it that is free.
    pub fn free_seat(&self) -> (String, String) {
        runtime().block_on(async {
            let show = self.0.show_in("hall-1").await;
            let seat = self.0.free_seats(&show).await.remove(0);
            (show.id.to_string(), seat.to_string())
        })
    }
}
