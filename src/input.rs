//! Terminal events become actions.
