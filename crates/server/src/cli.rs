//! The commands of `together` and what each takes; their help is the manual.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use server::{
    config::{Config, DATA, LISTEN, Location},
    start,
};

/// Communities Together: what residents say, what is on and where help is.
///
/// One program with its database inside. `together serve` is all that is needed to start.
/// Where one machine is not enough, it works on PostgreSQL: see --database-url.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the app and the API. An empty database gets the content and an account first.
    ///
    /// The account is "admin". TOGETHER_ADMIN_PASSWORD sets its password; without it one is made
    /// and printed once. SIGTERM or Ctrl-C stops the server: requests in flight get 10 seconds.
    Serve(ServeArgs),
    /// Look after the accounts of staff.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Bring in content, or what a tablet exported.
    ///
    /// Content is JSON (event.json: a list of objects with "id" and fields) or CSV (events.csv,
    /// listings.csv, venues.csv: a heading row with the names of fields; lists are separated by
    /// semicolons). Files are named after their collection. Records that exist get the fields
    /// that differ. If anything is wrong, every fault is listed as FILE:LINE and nothing is
    /// imported.
    ///
    /// An export of a tablet (from its page "This tablet") brings in each record that is good
    /// and lists the others. Importing it twice is harmless.
    ///
    /// The server may be running.
    Import {
        /// Files, or directories with .json and .csv files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Write feedback or responses as CSV, or the catalogue as JSON files.
    Export {
        /// "feedback", "surveys/ID" or "content".
        what: String,
        /// The file to write; for "content" the directory. Without it CSV goes to the output. A
        /// survey's FILE.zip has a CSV file for each repeat, and the files that people gave.
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Work with forms in spreadsheets (XLSForm), as ODK, KoboToolbox and SurveyCTO write them.
    #[command(subcommand)]
    Form(FormCommand),
    /// Copy the whole database into one file, also while the server runs.
    ///
    /// PostgreSQL has tools of its own for that: pg_dump and pg_basebackup.
    ///
    /// The copy holds no history name and no sessions: when it is put back, tablets notice and
    /// send again what they still keep.
    Backup {
        /// The file to write. It must not exist.
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Put a backup in place. The server must be stopped.
    ///
    /// On PostgreSQL use pg_restore or put a base backup in place, then run: together new-epoch
    Restore {
        /// A file that `together backup` wrote.
        file: PathBuf,
        /// Move a database that is there aside.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Start a new history, as one must after PostgreSQL was put back to an earlier state.
    ///
    /// Tablets notice and send again what they still keep; everybody who is signed in signs in
    /// again. Servers that run on the database notice by themselves. `together restore` does it
    /// for SQLite.
    NewEpoch {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Create the database or bring its tables up to date. `serve` does it by itself.
    Migrate {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Try everything that `serve` needs with the same options, and say what is wrong.
    CheckConfig(ServeArgs),
}

#[derive(Subcommand)]
pub(crate) enum FormCommand {
    /// Read a form and say what it asks, what it uses and what is wrong with it, cell by cell.
    ///
    /// Nothing is stored. The exit code is 1 if the form cannot be used as it is.
    Check {
        /// The workbook: .xlsx, the older .xls, or a .zip with one and its CSV files.
        file: PathBuf,
        /// The directory of attached CSV files; without it the directory FILE-media or media
        /// beside the workbook, if there is one.
        #[arg(long)]
        media: Option<PathBuf>,
        /// Print JSON: definition, findings and about.
        #[arg(long)]
        json: bool,
    },
    /// Fill a form in without a screen and say what comes of it.
    Run(RunArgs),
    /// Write the latest published version of a survey as a workbook.
    Export {
        /// The survey's id.
        id: String,
        /// Write an XLSForm workbook, the only kind so far.
        #[arg(long, required = true)]
        xlsform: bool,
        /// The file to write; without it ID.xlsx in this directory. Attached CSV files are written
        /// into the directory ID-media beside it. A name that ends in .zip gets all of it.
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
}

/// What is relevant, what fails and why, what is calculated, which answers were not taken, and the
/// record. The exit code is 1 if something fails or the form does not know an answer.
///
/// The answers are one JSON object of names and values:
///
///   {"age": 34, "needs": ["food", "advice"], "agree": true, "pay": {"declined": true},
///    "about": {"name": "Ana"}, "household": [{"age": 3}, {"age": 5}]}
///
/// A group is an object, or its questions stand beside the others. A repeat is a list with an
/// object for each instance. Picked names are a list or separated by spaces. Paths such as
/// `household[2]/age` work too. docs/xlsform.md tells more.
#[derive(Args)]
pub(crate) struct RunArgs {
    /// The workbook: .xlsx, the older .xls, or a .zip with one and its CSV files.
    pub(crate) file: PathBuf,
    /// The file of answers.
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: PathBuf,
    /// The directory of attached CSV files; without it the directory FILE-media or media beside
    /// the workbook, if there is one.
    #[arg(long)]
    pub(crate) media: Option<PathBuf>,
    /// What the clock says, for today() and now(): a day (its noon, UTC), or a moment with its
    /// zone, 2026-11-29T09:30:00+00:00. Without it the computer's clock, UTC.
    #[arg(long, visible_alias = "today", value_name = "MOMENT")]
    pub(crate) now: Option<String>,
    /// What random(), uuid() and shuffled choices follow from: the same number, the same outcome.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// The language of messages and of jr:choice-name(); without it the form's own.
    #[arg(long, value_name = "TAG")]
    pub(crate) language: Option<String>,
    /// Print JSON: finished, relevant, not_relevant, failing, calculated, unused and record.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand)]
pub(crate) enum StaffCommand {
    /// Make an account. Without --password-stdin a password is made and printed once.
    Add(StaffArgs),
    /// Change an account's password and end its sessions.
    Password(StaffArgs),
    /// List the names of all accounts.
    List {
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Args)]
pub(crate) struct StaffArgs {
    /// The account's name.
    pub(crate) name: String,
    /// Read the password from the standard input: its first line, 8 characters or more.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Args)]
pub(crate) struct DataArgs {
    /// The directory of the database.
    #[arg(long, env = "TOGETHER_DATA", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// A PostgreSQL database in place of that directory. Several servers may share it.
    ///
    /// postgres://USER:PASSWORD@HOST:5432/DATABASE, with several HOST:PORT separated by commas for
    /// a primary and its standbys. Give it in the environment: arguments are seen by everybody on
    /// the machine. Add ?sslmode=verify-full for a database across a network.
    #[arg(long, env = "TOGETHER_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
}

impl From<DataArgs> for Location {
    fn from(args: DataArgs) -> Self {
        // An empty variable is none: it cannot be unset everywhere.
        match args.database_url.filter(|url| !url.is_empty()) {
            Some(url) => Self::Postgres(url),
            None => Self::Directory(args.data),
        }
    }
}

#[derive(Args)]
pub(crate) struct ServeArgs {
    /// The address and port to listen on.
    #[arg(long, env = "TOGETHER_LISTEN", default_value = LISTEN)]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The directory of a build of the app, in place of the one inside this program.
    #[arg(long, env = "TOGETHER_APP")]
    pub(crate) app: Option<PathBuf>,
    /// The directory of the content for an empty database, in place of what is inside this
    /// program or in ./content.
    #[arg(long, env = "TOGETHER_CONTENT")]
    pub(crate) content: Option<PathBuf>,
}

impl From<ServeArgs> for Config {
    fn from(args: ServeArgs) -> Self {
        Self {
            listen: args.listen,
            database: args.data.into(),
            app: args.app,
            content: args.content,
            // From the environment alone: arguments are seen by everybody on the machine.
            admin_password: std::env::var(start::ADMIN_PASSWORD)
                .ok()
                .filter(|password| !password.is_empty()),
        }
    }
}
