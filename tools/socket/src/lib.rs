//! The wire between the chat process and the broker process.
//!
//! One JSON object a line over a Unix socket: a [`Request`] in, one [`Reply`] out. The broker
//! does the OAuth; the chat learns who is connected and never sees a token it has not typed. The secrets that
//! travel here, a client secret or a token a person typed, are not part of any message type: they
//! follow their request as counted raw bytes and are wiped after.
//!
//! Invariant: no type in this crate can carry a token, and none that is printed carries a secret.

mod client;
mod wire;

pub use client::{BrokerSocket, SocketError};
pub use wire::*;
