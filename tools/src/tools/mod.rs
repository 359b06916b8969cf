//! One file a tool.

pub(crate) mod ask;
pub(crate) mod choose_mode;
pub(crate) mod connect;
pub(crate) mod disconnect;
pub(crate) mod explain;
pub(crate) mod list_connections;
pub(crate) mod list_functions;
pub(crate) mod plan_function;
pub(crate) mod read_app;
pub(crate) mod rehearse_function;
pub(crate) mod search_catalog;
pub(crate) mod show_connector;
pub(crate) mod suggest;
pub(crate) mod switch_account;
pub(crate) mod write_function;
