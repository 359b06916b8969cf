//! What can be wrong with a catalog file, and what to do about it.

/// A catalog file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The text is not TOML or does not have the connector's shape.
    #[error("{file}: {message}. Mend the file and run `linchpin catalog check`.")]
    Shape {
        /// The file's name.
        file: String,
        /// What the parser said, with line and column.
        message: String,
    },
    /// The file parses and says something that cannot be true.
    #[error("{file}: {message}. Mend the file and run `linchpin catalog check`.")]
    Untrue {
        /// The file's name.
        file: String,
        /// Which statement, and why it cannot be.
        message: String,
    },
    /// A document that no connector can be made from.
    #[error("No connector can be made from this document: {why}.")]
    Document {
        /// What is wrong with it.
        why: String,
    },
    /// A question about a connector is open.
    #[error("{ask} Answer with --{field}.")]
    Missing {
        /// The field.
        field: String,
        /// The question.
        ask: String,
    },
}
