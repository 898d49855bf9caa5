//! `together form`: forms in spreadsheets, looked at and written by whoever runs the server.

mod run;

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use server::export;
use xlsform::{About, Finding, Import, Options, Severity};

use crate::{cli::FormCommand, with_store};

/// Carries a command out.
///
/// # Errors
/// What cannot be read or written, and a form that cannot be used.
pub(crate) async fn run(command: FormCommand) -> Result<(), Box<dyn Error>> {
    match command {
        FormCommand::Check { file, media, json } => check(&file, media.as_deref(), json),
        FormCommand::Run(args) => run::run(&args),
        FormCommand::Export { id, out, data, .. } => {
            let definition =
                with_store(data, async |store| Ok(export::latest_definition(store, &id).await?))
                    .await?
                    .ok_or_else(|| format!("no version of a survey {id} is published"))?;
            let out = out.unwrap_or_else(|| PathBuf::from(format!("{id}.xlsx")));
            export(&definition, &id, &out)
        }
    }
}

/// Writes a form: a workbook with its files in a directory beside it, or all of it as one `.zip`.
fn export(definition: &Value, id: &str, out: &Path) -> Result<(), Box<dyn Error>> {
    if out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
        fs::write(out, xlsform::export_archive(definition, id)?)?;
        println!("{} is written.", out.display());
        return Ok(());
    }
    fs::write(out, xlsform::export(definition)?)?;
    println!("{} is written.", out.display());
    let files = xlsform::export_files(definition)?;
    let stem = out.file_stem().and_then(|name| name.to_str()).unwrap_or(id);
    let media = out.with_file_name(format!("{stem}-media"));
    if !files.is_empty() {
        fs::create_dir_all(&media)?;
    }
    for (name, bytes) in files {
        let path = media.join(&name);
        fs::write(&path, bytes)?;
        println!("{} is written: attach it where the form is used.", path.display());
    }
    Ok(())
}

/// Reads a workbook with the files beside it.
///
/// # Errors
/// Of the file system; what is wrong with the form is in the findings.
pub(crate) fn read(file: &Path, media: Option<&Path>) -> Result<Import, Box<dyn Error>> {
    let bytes =
        fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let name = file.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
    let beside = file.parent().unwrap_or_else(|| Path::new("."));
    // Where ODK and Kobo keep the files of a form.
    let usual = [format!("{}-media", name.as_deref().unwrap_or_default()), "media".to_owned()];
    let directory = match media {
        Some(given) if !given.is_dir() => {
            return Err(format!("{} is no directory", given.display()).into());
        }
        Some(given) => given.to_owned(),
        None => usual
            .iter()
            .map(|name| beside.join(name))
            .find(|path| path.is_dir())
            .unwrap_or_default(),
    };
    let (attached, faults) = xlsform::read_directory(&directory)?;
    let mut import = xlsform::import(&bytes, &Options { name, attached, ..Options::default() });
    if !faults.is_empty() {
        import.definition = None;
        import.findings.splice(0..0, faults);
    }
    Ok(import)
}

fn check(file: &Path, media: Option<&Path>, as_json: bool) -> Result<(), Box<dyn Error>> {
    let import = read(file, media)?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&json!(import))?);
    } else {
        print!("{}", words(&import));
    }
    if import.definition.is_some() {
        Ok(())
    } else {
        Err(format!("{} cannot be used as it is", file.display()).into())
    }
}

/// What is found, for people.
fn words(import: &Import) -> String {
    let mut lines = about(&import.about);
    for (severity, heading) in [
        (Severity::Error, "Must be put right"),
        (Severity::Warning, "Worth a look"),
        (Severity::Note, "Good to know"),
    ] {
        let findings: Vec<&Finding> =
            import.findings.iter().filter(|finding| finding.severity == severity).collect();
        if findings.is_empty() {
            continue;
        }
        lines.push(String::new());
        lines.push(format!("{heading}: {}", findings.len()));
        for finding in findings {
            let place = finding.place();
            let place = if place.is_empty() { "the workbook".to_owned() } else { place };
            lines.push(format!("  {place}: {}", finding.what));
            lines.push(format!("      {}", finding.remedy));
        }
    }
    if import.definition.is_some() {
        lines.push(String::new());
        lines.push("The form can be used.".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

fn about(about: &About) -> Vec<String> {
    let types: Vec<String> =
        about.types.iter().map(|(kind, many)| format!("{many} {kind}")).collect();
    let uses: Vec<&str> = about.uses.iter().map(String::as_str).collect();
    let line = |name: &str, value: String| format!("{name:<12}{value}");
    let mut lines = Vec::new();
    if !about.title.is_empty() {
        lines.push(line("Title", about.title.clone()));
    }
    if !about.languages.is_empty() {
        lines.push(line("Languages", about.languages.join(", ")));
    }
    if !types.is_empty() {
        lines.push(line("Questions", about.questions().to_string()));
        lines.push(line("Rows", types.join(", ")));
        lines.push(line("Lists", format!("{} with {} choices", about.lists, about.choices)));
    }
    if !uses.is_empty() {
        lines.push(line("Uses", uses.join(", ")));
    }
    lines
}
