//! Pictures and documents.
