//! What the process gives up at its start, so that secrets stay in it, and what it says when it fails inside.

use super::logs::redact;
use std::{backtrace::Backtrace, panic::PanicHookInfo};

/// Whether a crash may leave an image of the memory behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreDump {
    Never,
    /// As the system has it, for debugging.
    AsSystem,
}

/// New files are for their owner alone, and a crash leaves no memory image behind; other programs of the same person
/// cannot look into the memory either.
///
/// Failing to give something up is no reason not to run, so errors are passed over.
#[cfg(unix)]
pub fn process(core: CoreDump) {
    use rustix::{
        fs::Mode,
        process::{Resource, Rlimit, setrlimit, umask},
    };
    umask(Mode::from_raw_mode(0o077));
    if core == CoreDump::AsSystem {
        return;
    }
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(not(unix))]
pub fn process(_: CoreDump) {}

/// From now on a panic is written into the log, with the way that led to it, and told in one line only where nothing
/// catches it: on the main thread. Other threads' panics become answers and failures, and their words would land in
/// the middle of the screen. What a panic says passes through the redactor.
pub fn panics() {
    std::panic::set_hook(Box::new(|panic| {
        let words = redact(&sentence(panic));
        tracing::error!(way = %redact(&Backtrace::force_capture().to_string()), "{words}");
        if std::thread::current().name() == Some("main") {
            eprintln!("{words}");
        }
    }));
}

fn sentence(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    let reason = panic.payload_as_str().unwrap_or("no reason given");
    format!("frontrow failed inside{place}: {reason}; its log says more")
}
