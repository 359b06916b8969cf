//! All tools, in the order a model sees them. There is none to approve, apply, read a token,
//! fetch a URL or run a command, and a test counts them.

use crate::Tool;
use crate::tools;

/// All tools.
pub fn registry() -> &'static [&'static dyn Tool] {
    &[
        &tools::read_app::TOOL,
        &tools::search_catalog::TOOL,
        &tools::show_connector::TOOL,
        &tools::suggest::TOOL,
        &tools::ask::TOOL,
        &tools::choose_mode::TOOL,
        &tools::connect::TOOL,
        &tools::list_connections::TOOL,
        &tools::switch_account::TOOL,
        &tools::disconnect::TOOL,
        &tools::plan_function::TOOL,
        &tools::write_function::TOOL,
        &tools::rehearse_function::TOOL,
        &tools::list_functions::TOOL,
        &tools::explain::TOOL,
    ]
}

/// The tool of that name.
pub fn find(name: &str) -> Option<&'static dyn Tool> {
    registry().iter().copied().find(|tool| tool.spec().name == name)
}
