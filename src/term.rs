//! The terminal: guard, backend, loop.
