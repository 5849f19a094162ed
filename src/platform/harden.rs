//! What the process gives up at its start, so that secrets stay in it.

/// New files are for their owner alone, and a crash leaves no memory image behind.
///
/// Failing to give something up is no reason not to run, so errors are passed over.
#[cfg(unix)]
pub fn process() {
    use rustix::{
        fs::Mode,
        process::{Resource, Rlimit, setrlimit, umask},
    };
    umask(Mode::from_raw_mode(0o077));
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(not(unix))]
pub fn process() {}
