//! One file a command.

pub(crate) mod add;
pub(crate) mod catalog;
pub(crate) mod changes;
pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod connect;
pub(crate) mod connections;
pub(crate) mod doctor;
pub(crate) mod exec;
pub(crate) mod map;
pub(crate) mod plan;
pub(crate) mod read;
pub(crate) mod serve;
pub(crate) mod suggest;
