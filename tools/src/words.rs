//! Sentences that several tools say.

use linchpin_catalog::Catalog;
use linchpin_question::Failure;

/// There is no such connector; perhaps another one was meant.
pub(crate) fn unknown_connector(catalog: &Catalog, id: &str) -> Failure {
    let hint = match catalog.nearest(id) {
        Some(near) => format!("Did you mean `{}` ({})?", near.id, near.name),
        None => "`linchpin catalog list` shows all of them.".to_owned(),
    };
    Failure::new("unknown_connector", format!("There is no connector `{id}`. {hint}"))
}
