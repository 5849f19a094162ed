//! quickshow
