//! `serve`: the box office by itself.

use super::{Ctx, Outcome, interrupt::Interrupt, out::print};
use crate::{
    app,
    domain::failure::{Failure, FailureKind},
    server::{self, Demo},
};
use clap::Args;

#[derive(Args, Debug)]
pub struct Serve {
    /// Where to listen; port 0 takes any free one [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,
    /// Keep the demo cinema's films and shows in the data folder
    #[arg(long)]
    demo: bool,
}

impl Serve {
    /// The flags that are settings.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        self.bind.iter().map(|bind| ("bind", bind.clone())).collect()
    }
}

/// Serves until a signal asks to stop.
pub fn run(ctx: &Ctx, serve: &Serve) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::new(FailureKind::Other, "runtime", format!("the server cannot start its work: {error}"))
    })?;
    let demo = if serve.demo { Demo::Seed } else { Demo::Leave };
    runtime.block_on(async {
        let mut interrupt = Interrupt::listen()?;
        let options = app::server_options(&ctx.settings, ctx.settings.bind, demo)?;
        let running = server::start(options).await.map_err(|error| app::start_failure(&error))?;
        print(&format!("frontrow is serving {}\n", running.url()))?;
        interrupt.wanted().await;
        running.stop().await;
        Ok(Outcome::Done)
    })
}
