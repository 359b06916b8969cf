//! The screens: a model, an update, a view. Knows only the protocol.
//!
//! [`Model`] is everything a frame needs, [`update`] the one place where it changes, [`view`] draws
//! it and decides nothing. [`run`] puts them on a terminal, [`run_linear`] says the same in lines
//! that are only ever added. The composition root gives both a [`mailbox`] to be told events
//! through and [`Ports`] to reach the agent, the broker and a browser; neither may block.
//!
//! Invariants, each with a test: text of an event is drawn only as [`Clean`]; no such text can draw
//! the frame of a question or of a decision; neither keys typed ahead nor a paste answer or apply;
//! a secret is a [`Masked`] and leaves only inside [`Cmd::Store`]; the first frame is drawn
//! before anything else happens; idle means no bytes and no wake-ups; the terminal is given back
//! on every way out.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod bidi;
mod card;
mod clean;
mod code;
mod composer;
mod error;
mod fuzzy;
mod keymap;
mod linear;
mod mailbox;
mod markdown;
mod masked;
mod menu;
mod mermaid;
mod model;
mod msg;
mod page;
mod review;
mod run;
mod settings;
mod shown;
mod slash;
mod stage;
mod terminal;
mod text;
mod theme;
mod transcript;
mod update;
mod view;
mod width;

pub use card::GUARD;
pub use clean::Clean;
pub use composer::{Composer, History};
pub use error::ScreenError;
pub use linear::{Linear, run_linear};
pub use mailbox::{Inbox, Mailbox, mailbox};
pub use masked::Masked;
pub use mermaid::of as mermaid;
pub use model::Model;
pub use msg::{ClientToStore, Cmd, EditPurpose, EditorResult, Msg, Now, ToStore, TokenToStore};
pub use page::map_lines;
pub use run::{ExitReason, Ports, Start, run};
pub use settings::{Notify, Settings};
pub use stage::Stage;
pub use terminal::{Guard, Painter, read_masked, wants_lines};
pub use text::{Row, Span};
pub use theme::{Background, Label, Look};
pub use transcript::{Cell, Transcript};
pub use update::update;
pub use view::{Painted, view};
pub use width::wide_ambiguous;
