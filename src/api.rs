//! The ports, spoken to a remote server.
