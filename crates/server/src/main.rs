//! `together`: the server of Communities Together and the tools of whoever runs it.

mod cli;
mod form;

use std::{
    error::Error,
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use cli::{Cli, Command, DataArgs, StaffArgs, StaffCommand};
use futures_util::{Stream, StreamExt};
use server::{
    Store, StoreError,
    auth::{NAME_BYTES, hash_password, readable_password},
    clock::now,
    config::{Config, Location},
    export,
    import::{self, OutboxReport},
    intake::Intake,
    listen,
    results::Selection,
    start,
    store::{Filter, history::fresh_epoch},
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let quiet = !matches!(cli.command, Command::Serve(_));
    log(quiet);
    match run(cli.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("together: {error}");
            ExitCode::FAILURE
        }
    }
}

/// JSON lines on the standard error: what happened, never what somebody wrote.
fn log(quiet: bool) {
    let usual = if quiet { "warn" } else { "info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt()
        .json()
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    // A panic's message may quote what it stumbled over; its place is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

async fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Serve(args) => Ok(start::run(&args.into(), listen::told_to_stop()).await?),
        Command::CheckConfig(args) => check_config(args.into()).await,
        Command::Restore { file, force, data } => restore(&file, force, data.into()).await,
        Command::NewEpoch { data } => {
            let fresh = fresh_epoch()?;
            with_store(data, async |store| Ok(store.new_epoch(fresh).await?)).await?;
            println!("A new history began. Tablets will send again what they keep.");
            Ok(())
        }
        Command::Migrate { data } => {
            with_store(data, async |_| Ok(())).await?;
            println!("The tables are up to date.");
            Ok(())
        }
        Command::Staff(command) => staff(command).await,
        Command::Import { files, data } => {
            with_store(data, async |store| import_files(store, &files).await).await
        }
        Command::Export { what, out, data } => {
            with_store(data, async |store| export_to(store, &what, out.as_deref()).await).await
        }
        Command::Form(command) => form::run(command).await,
        Command::Backup { file, data } => {
            with_store(data, async |store| Ok(store.backup(&file).await?)).await?;
            println!("{} is written.", file.display());
            Ok(())
        }
    }
}

/// Works on the database of an existing directory and closes it whatever comes of it.
async fn with_store<T>(
    data: DataArgs,
    work: impl AsyncFnOnce(&Store) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let store = Location::from(data).open().await?;
    let outcome = work(&store).await;
    store.close().await;
    outcome
}

async fn restore(file: &Path, force: bool, to: Location) -> Result<(), Box<dyn Error>> {
    let _lock = to.lock()?;
    let Location::Directory(data) = to else {
        return Err(
            "PostgreSQL is restored with its own tools: pg_restore for a copy of pg_dump, \
                    or a base backup with its log. Then run: together new-epoch"
                .into(),
        );
    };
    if let Some(aside) = Store::restore(file, &data, force).await? {
        println!("The database that was there is now {aside}.");
    }
    println!("{} is restored. Tablets will send again what they keep.", file.display());
    Ok(())
}

async fn check_config(config: Config) -> Result<(), Box<dyn Error>> {
    let mut faults = 0;
    for finding in config.check().await {
        match finding {
            Ok(found) => println!("good   {found}"),
            Err(fault) => {
                faults += 1;
                println!("wrong  {fault}");
            }
        }
    }
    if faults == 0 { Ok(()) } else { Err(format!("{faults} of these must be put right").into()) }
}

async fn staff(command: StaffCommand) -> Result<(), Box<dyn Error>> {
    match command {
        StaffCommand::List { data } => {
            let names = with_store(data, async |store| Ok(store.accounts().await?)).await?;
            names.iter().for_each(|name| println!("{name}"));
            Ok(())
        }
        StaffCommand::Add(args) => {
            if args.name.trim() != args.name || !(1..=NAME_BYTES).contains(&args.name.len()) {
                return Err(format!("a name has 1 to {NAME_BYTES} characters").into());
            }
            let (hash, made) = password(&args).await?;
            let name = args.name.clone();
            let added = with_store(args.data, async |store| {
                Ok(store.add_account(name, hash, now()).await?)
            })
            .await?;
            if !added {
                let name = &args.name;
                return Err(format!(
                    "there is an account {name}; use: together staff password {name}"
                )
                .into());
            }
            say_password(&args.name, made);
            Ok(())
        }
        StaffCommand::Password(args) => {
            let (hash, made) = password(&args).await?;
            let name = args.name.clone();
            let set =
                with_store(args.data, async |store| Ok(store.set_password(name, hash).await?))
                    .await?;
            if !set {
                let name = &args.name;
                return Err(format!("there is no account {name}; see: together staff list").into());
            }
            say_password(&args.name, made);
            Ok(())
        }
    }
}

/// The hash of the password that was given or made, and the made one.
async fn password(args: &StaffArgs) -> Result<(String, Option<String>), Box<dyn Error>> {
    if args.password_stdin {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        let line = text.lines().next().unwrap_or_default().to_owned();
        return Ok((hash_password(line).await?, None));
    }
    let made = readable_password()?;
    Ok((hash_password(made.clone()).await?, Some(made)))
}

fn say_password(name: &str, made: Option<String>) {
    match made {
        Some(password) => {
            println!("{name} signs in with the password {password}");
            println!("Keep this password: it is not shown again.");
        }
        None => println!("{name} signs in with that password."),
    }
}

async fn import_files(store: &Store, paths: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let mut content = Vec::new();
    let mut report = OutboxReport::default();
    let intake = Intake::new(store.clone());
    let mut outboxes = 0;
    for path in paths {
        for file in import::read_files(path)? {
            if import::is_outbox(&file) {
                let of_file = import::import_outbox(&intake, &file, now()).await?;
                report.received += of_file.received;
                report.refused.extend(of_file.refused);
                report.untold += of_file.untold;
                outboxes += 1;
            } else {
                content.push(file);
            }
        }
    }
    if !content.is_empty() {
        let done = import::import_content(store, content).await?;
        println!(
            "{} records are new, {} changed, {} were so already.",
            done.created, done.changed, done.same
        );
    }
    if outboxes > 0 {
        println!("{} submissions of tablets are stored.", report.received);
    }
    if !report.refused.is_empty() {
        report.refused.iter().for_each(|fault| eprintln!("{fault}"));
        let faults = report.refused.len() as u64 + report.untold;
        return Err(format!("{faults} faults; their records were refused").into());
    }
    Ok(())
}

async fn export_to(store: &Store, what: &str, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    match what.split_once('/') {
        None if what == "feedback" => {
            let filter = Filter { kind: "feedback", ..Filter::default() };
            write(export::feedback_csv(store.clone(), filter).await?, out).await
        }
        Some(("surveys", id)) => {
            let survey = model::Key::parse(id).ok_or("a survey's id has a-z, 0-9, . and -")?;
            let (everybody, written) = (Selection::default(), export::Written::default());
            let export = export::SurveyExport::open(store.clone(), &survey, everybody, written)
                .await?
                .ok_or_else(|| format!("there is no survey {survey}"))?;
            let is_archive = out.and_then(Path::extension).is_some_and(|ending| ending == "zip");
            if is_archive {
                return write(export::pieces(export.archive(true).await?), out).await;
            }
            write(export.csv(), out).await
        }
        None if what == "content" => {
            let directory = out.ok_or("name the directory with --out")?;
            fs::create_dir_all(directory)?;
            for (name, json) in export::content_files(store).await? {
                fs::write(directory.join(&name), json)?;
                println!("{name}");
            }
            Ok(())
        }
        _ => Err(format!("there is no {what}; use feedback, surveys/ID or content").into()),
    }
}

async fn write(
    rows: impl Stream<Item = Result<bytes::Bytes, StoreError>>,
    out: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    let mut sink: Box<dyn Write> = match out {
        Some(path) => Box::new(fs::File::create(path)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut rows = std::pin::pin!(rows);
    while let Some(piece) = rows.next().await {
        sink.write_all(&piece?)?;
    }
    Ok(sink.flush()?)
}
