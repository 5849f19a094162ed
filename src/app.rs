//! The composition root: settings become adapters, the store and the loop.
