//! The command line: a contract, scripts depend on it.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Wires an app to the tools its people already use.
#[derive(Debug, Parser)]
#[command(name = "linchpin", version, about, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) chat: ChatArgs,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// The chat.
#[derive(Debug, Args)]
pub(crate) struct ChatArgs {
    /// The app's folder
    #[arg(default_value = ".")]
    pub(crate) app: PathBuf,
    /// Plain lines without cursor movement, for screen readers and pipes
    #[arg(long)]
    pub(crate) plain: bool,
    /// Only ASCII characters
    #[arg(long)]
    pub(crate) ascii: bool,
    /// Begin anew even if the last session was cut
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Never open a browser; show links instead
    #[arg(long)]
    pub(crate) no_browser: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The app as Linchpin reads it
    Read {
        /// The app's folder
        #[arg(default_value = ".")]
        app: PathBuf,
        /// Read a live database's tables instead, and print the SQL that makes them; save it in the app
        /// (`> db/schema.sql`) to have them known there. Without URL, that of DATABASE_URL
        #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
        database: Option<String>,
    },
    /// What could be connected, with reasons
    Suggest {
        /// The app's folder
        #[arg(default_value = ".")]
        app: PathBuf,
        /// How many at most
        #[arg(short = 'n', default_value_t = 10)]
        limit: usize,
    },
    /// Connectors: list, show, search, check, add
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Connect a tool
    Connect(ConnectArgs),
    /// Connections: list, show, switch, reconnect, disconnect
    #[command(subcommand)]
    Connections(ConnectionsCommand),
    /// Compile a plan and check it; writes nothing
    Plan {
        /// The plan, as JSON
        file: PathBuf,
        /// The app's folder
        #[arg(default_value = ".")]
        app: PathBuf,
    },
    /// Prove, police and rehearse functions the app has
    Check(CheckArgs),
    /// Apply a reviewed changeset by its name
    Apply {
        /// At least 12 characters of its name
        changeset: String,
        /// The app's folder
        #[arg(default_value = ".")]
        app: PathBuf,
    },
    /// Take the last applied change back
    Undo {
        /// The app's folder
        #[arg(default_value = ".")]
        app: PathBuf,
    },
    /// Changes Linchpin applied
    History {
        /// The app's folder
        #[arg(default_value = ".")]
        app: PathBuf,
    },
    /// Who can reach what: pages and data, functions, connectors, scopes
    Map(MapArgs),
    /// One turn without a screen: events as JSON lines
    Exec(ExecArgs),
    /// The broker
    Serve(ServeArgs),
    /// What is there, what is missing, and what to do
    Doctor {
        /// The app's folder
        #[arg(default_value = ".")]
        app: PathBuf,
    },
    /// Completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// The app's folder that the command is about, where it is about one.
    pub(crate) fn app(&self) -> Option<&Path> {
        let here = Path::new(".");
        Some(match self.command.as_ref() {
            None => &self.chat.app,
            Some(
                Command::Read { app, .. }
                | Command::Suggest { app, .. }
                | Command::Plan { app, .. }
                | Command::Apply { app, .. }
                | Command::Undo { app, .. }
                | Command::History { app, .. }
                | Command::Doctor { app, .. },
            ) => app,
            Some(Command::Connect(args)) => &args.app,
            Some(Command::Exec(args)) => &args.app,
            Some(Command::Map(args)) => &args.app,
            Some(Command::Check(_) | Command::Catalog(_) | Command::Connections(_)) => here,
            Some(Command::Serve(_) | Command::Completions { .. }) => return None,
        })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// All connectors, or those of a category
    List {
        /// Only this category, such as email
        #[arg(long)]
        category: Option<String>,
    },
    /// All there is to know of one connector
    Show {
        /// Its id
        id: String,
    },
    /// Connectors that fit some words, a need, or a category
    Search {
        /// The words
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Check every connector file, or these
    Check {
        /// Connector files
        files: Vec<PathBuf>,
    },
    /// Add a connector of one's own
    Add(Box<AddArgs>),
}

/// A connector of one's own: from a document, or from answers.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// An OAuth or OpenAPI document, a connector file, or the address of a server; none for answers alone
    pub(crate) from: Option<String>,
    /// Its short name
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// What it is called
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// What apps do with it, in one sentence
    #[arg(long)]
    pub(crate) purpose: Option<String>,
    /// Where its API is served; may be given several times
    #[arg(long = "host")]
    pub(crate) hosts: Vec<String>,
    /// oauth or key
    #[arg(long)]
    pub(crate) sign_in: Option<String>,
    /// Where people consent
    #[arg(long)]
    pub(crate) authorize_url: Option<String>,
    /// Where codes are exchanged for tokens
    #[arg(long)]
    pub(crate) token_url: Option<String>,
    /// Where a grant is taken back
    #[arg(long)]
    pub(crate) revoke_url: Option<String>,
    /// A call that tells whose account it is
    #[arg(long)]
    pub(crate) identity_url: Option<String>,
    /// A call that shows whether a key is good
    #[arg(long)]
    pub(crate) verify_url: Option<String>,
    /// A permission, as `name: what it allows`; may be given several times
    #[arg(long = "scope")]
    pub(crate) scopes: Vec<String>,
    /// Keep it in this app's folder instead of for every app
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<PathBuf>,
    /// Write it anew if it is there already
    #[arg(long)]
    pub(crate) replace: bool,
    /// Also fetch from this machine, for somebody who builds the server
    #[arg(long)]
    pub(crate) allow_local: bool,
}

/// Whose account, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum ModeArg {
    /// One account for everyone
    Shared,
    /// Each signed-in user their own
    AppUser,
}

impl From<ModeArg> for linchpin_catalog::Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Shared => Self::Shared,
            ModeArg::AppUser => Self::AppUser,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ConnectArgs {
    /// The connector's id
    pub(crate) id: String,
    /// The app's folder
    #[arg(default_value = ".")]
    pub(crate) app: PathBuf,
    /// Whose account
    #[arg(long, value_enum, default_value_t = ModeArg::Shared)]
    pub(crate) mode: ModeArg,
    /// A permission to ask for; may be given several times
    #[arg(long = "scope")]
    pub(crate) scopes: Vec<String>,
    /// Choose another account than the one connected
    #[arg(long)]
    pub(crate) other_account: bool,
    /// A setting of the connector, such as subdomain=acme; may be given several times
    #[arg(long = "config", value_name = "NAME=VALUE")]
    pub(crate) config: Vec<String>,
    /// Read a token or key from standard input instead of signing in, where the vendor gives one out
    #[arg(long)]
    pub(crate) paste: bool,
    /// Sign in on another device, with a code to type there
    #[arg(long, conflicts_with = "paste")]
    pub(crate) device: bool,
    /// Connect the OAuth client itself, with nobody's account (client credentials)
    #[arg(long, conflicts_with_all = ["paste", "device", "other_account"])]
    pub(crate) client_credentials: bool,
    /// Never open a browser; show the link instead
    #[arg(long)]
    pub(crate) no_browser: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionsCommand {
    /// All connections of the app
    List(AppArg),
    /// One connector's connections
    Show(OneArgs),
    /// Sign in with another account
    Switch(OneArgs),
    /// Sign in again
    Reconnect(OneArgs),
    /// Revoke at the provider and forget
    Disconnect(OneArgs),
    /// Revoke at the provider and forget; `--all` for every connection of the app
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AppArg {
    /// The app's folder
    #[arg(default_value = ".")]
    pub(crate) app: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    /// The connector's id
    pub(crate) id: String,
    /// The app's folder
    #[arg(default_value = ".")]
    pub(crate) app: PathBuf,
    /// Whose account
    #[arg(long, value_enum, default_value_t = ModeArg::Shared)]
    pub(crate) mode: ModeArg,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// The connector's id
    #[arg(required_unless_present = "all")]
    pub(crate) id: Option<String>,
    /// Every connection of the app
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
    /// The app's folder
    #[arg(long, default_value = ".")]
    pub(crate) app: PathBuf,
    /// Whose account
    #[arg(long, value_enum, default_value_t = ModeArg::Shared)]
    pub(crate) mode: ModeArg,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Names of functions, and the app's folder; all functions when no name is given
    pub(crate) names: Vec<String>,
    /// Fail when connector files and `linchpin.lock` don't say what the code needs
    #[arg(long)]
    pub(crate) locked: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MapArgs {
    /// The app's folder
    #[arg(default_value = ".")]
    pub(crate) app: PathBuf,
    /// As a picture: SVG that stands alone
    #[arg(long, conflicts_with = "mermaid")]
    pub(crate) svg: bool,
    /// As a Mermaid flowchart
    #[arg(long)]
    pub(crate) mermaid: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExecArgs {
    /// What you would say in the chat
    pub(crate) prompt: String,
    /// The app's folder
    #[arg(default_value = ".")]
    pub(crate) app: PathBuf,
    /// An answer to a question, as `word=value` (`mode=shared`, `permissions=skip`)
    #[arg(long = "answer", value_name = "WORD=VALUE")]
    pub(crate) answers: Vec<String>,
    /// Apply the changeset if it has this name (at least 12 characters of it)
    #[arg(long, value_name = "HASH")]
    pub(crate) apply: Option<String>,
    /// Open the browser for a sign-in; otherwise the link is printed
    #[arg(long)]
    pub(crate) browser: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address of the HTTP service for functions and the CLI, such as `127.0.0.1:4404`
    #[arg(long)]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// Where connections are kept: `postgres://…`, or a folder; the default is Linchpin's own
    #[arg(long)]
    pub(crate) database: Option<String>,
    /// The chat's socket
    #[arg(long, hide = true)]
    pub(crate) socket: Option<PathBuf>,
    /// End when standard input closes
    #[arg(long, hide = true)]
    pub(crate) with_parent: bool,
}
