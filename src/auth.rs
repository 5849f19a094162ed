//! A fresh token before each call, from a credential that is kept in a credential store.
