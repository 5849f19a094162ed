//! What the process gives up at its start, so that secrets stay in it.

/// New files are for their owner alone, and a crash leaves no memory image behind.
///
/// Failing to give something up is no reason not to run, so errors are only logged.
#[cfg(unix)]
pub fn process() {
    use rustix::{
        fs::Mode,
        process::{Resource, Rlimit, setrlimit, umask},
    };
    umask(Mode::from_raw_mode(0o077));
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::warn!(%error, "core files could not be turned off");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "the process stays open to debuggers of the same user");
    }
}

#[cfg(not(unix))]
pub fn process() {}
