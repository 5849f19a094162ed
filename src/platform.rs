//! What differs between systems: folders, clocks, logs, signals.
