//! The Redux kernel and its slices.
