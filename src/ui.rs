//! View models become cells.
