//! What travels with the questions of a form, so that it is there without a network: the pictures, sounds and films that it
//! names, and the tables that it chooses from and looks things up in.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    limits::{FILES_CHARS, RECORD_BYTES},
    wire::FormTables,
};
use survey::draft::{Draft, TableShape};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use super::{super::live::words_for, desk::Desk};
use crate::{
    locale::{key, t, tf, tn, words},
    platform::{
        attachment::{self, Encoded},
        browser,
    },
    store::Store,
};

/// How the name of a file with a table ends, whatever it came as.
const TABLE: &str = ".csv";
/// How the names of files end that the server reads tables from.
const TABLES: [&str; 3] = [TABLE, ".xml", ".geojson"];
/// Characters that a picture may take before it is made smaller: six of them fit.
const PICTURE_CHARS: usize = FILES_CHARS / 6;

/// One file of the list: a picture, sound or film by its name, or a table.
#[derive(Clone, PartialEq)]
enum Beside {
    File { name: String, has: bool },
    Table { name: String, shape: Option<TableShape> },
}

impl Beside {
    fn of(draft: &Draft) -> Vec<Self> {
        let files = draft.files().into_iter().map(|(name, has)| Self::File { name, has });
        let tables = draft.tables().into_iter().map(|(name, shape)| Self::Table { name, shape });
        files.chain(tables).collect()
    }

    /// What the file is called.
    fn file(&self) -> String {
        match self {
            Self::File { name, .. } => name.clone(),
            Self::Table { name, .. } => format!("{name}{TABLE}"),
        }
    }

    fn is_here(&self) -> bool {
        match self {
            Self::File { has, .. } => *has,
            Self::Table { shape, .. } => shape.is_some(),
        }
    }

    /// What a table holds.
    fn holds(&self) -> Option<String> {
        let Self::Table { shape: Some(shape), .. } = self else { return None };
        let columns = tf(key::STAFF_MAKE_TABLE_COLUMNS, &[("columns", &shape.columns.join(", "))]);
        Some(format!("{} {columns}", tn(key::STAFF_MAKE_TABLE_ROWS, shape.rows)))
    }

    fn take_out(&self, draft: &mut Draft) {
        match self {
            Self::File { name, .. } => draft.detach(name),
            Self::Table { name, .. } => draft.detach_table(name),
        }
    }
}

/// Which files belong to the form, which of them are missing, and a field that takes them.
#[component]
pub fn Files(desk: Desk) -> View {
    let store = Store::get();
    let files = Memo::new(move |_| desk.draft.with(Beside::of));
    let said = RwSignal::new(Vec::<String>::new());
    let chosen = move |event: web_sys::Event| {
        let given = attachment::chosen(&event);
        let (tables, others): (Vec<File>, Vec<File>) =
            given.into_iter().partition(|file| is_table(&file.name()));
        // A file that was mended has the name it had.
        attachment::empty("media");
        said.set(Vec::new());
        let tell = move |words: String| {
            said.try_update(|said| said.push(words));
        };
        spawn_local(async move {
            for file in others {
                if !desk.is_open() {
                    return;
                }
                let name = file.name();
                let words = attach(desk, file).await;
                tell(format!("{name}: {}", t(words)));
            }
            if !tables.is_empty() && desk.is_open() {
                attach_tables(desk, store, &tables).await.into_iter().for_each(tell);
            }
        });
    };
    let remove = move |it: Beside| {
        let removed = desk.take_away(|draft| {
            it.take_out(draft);
            Ok(())
        });
        if removed.is_ok() {
            said.set(Vec::new());
            desk.said.set(tf(key::STAFF_MAKE_REMOVED, &[("title", &it.file())]));
            // The button is gone with the file.
            browser::focus("#media");
        }
    };
    let line = move |it: Beside| {
        let has = it.is_here();
        let state = if has { key::STAFF_MAKE_FILE_HERE } else { key::STAFF_MAKE_FILE_MISSING };
        let tag = if has { "govuk-tag govuk-tag--green" } else { "govuk-tag govuk-tag--yellow" };
        let (name, holds) = (it.file(), it.holds());
        let button = has.then(|| {
            let name = name.clone();
            view! {
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| remove(it.clone())
                >
                    {words(key::STAFF_ROW_REMOVE)}
                    <span class="govuk-visually-hidden">": " {name}</span>
                </button>
            }
        });
        view! {
            <li class="ct-file-line">
                <span class="ct-file-name">{name}</span>
                <strong class=tag>{t(state)}</strong>
                {holds.map(|holds| view! { <span class="ct-file-holds">{holds}</span> })}
                {button}
            </li>
        }
    };
    let list = move || {
        let files = files.get();
        (!files.is_empty()).then(|| {
            view! {
                <p class="govuk-body ct-prose">
                    {tf(key::STAFF_MAKE_FILES_TEXT, &[("kb", &(FILES_CHARS / 1_024).to_string())])}
                </p>
                <ul class="govuk-list" id="media-files">
                    {files.into_iter().map(line).collect_view()}
                </ul>
            }
        })
    };
    view! {
        <h2 class="govuk-heading-m">{words(key::STAFF_MAKE_FILES)}</h2>
        {list}
        <div class="govuk-form-group">
            <label class="govuk-label govuk-label--s" for="media">
                {words(key::STAFF_MAKE_FILES_ADD)}
            </label>
            <div class="govuk-hint" id="media-hint">
                {words(key::STAFF_MAKE_FILES_HINT)}
            </div>
            <input
                class="ct-file"
                type="file"
                id="media"
                multiple=""
                accept="image/*,audio/*,video/*,.csv,.xml,.geojson"
                aria-describedby="media-hint"
                on:change=chosen
            />
        </div>
        <ul class="govuk-list" role="status">
            {move || {
                said.get().into_iter().map(|words| view! { <li>{words}</li> }).collect_view()
            }}
        </ul>
    }
}

fn is_table(file: &str) -> bool {
    let file = file.to_lowercase();
    TABLES.iter().any(|ending| file.ends_with(ending))
}

/// Lets the server read tables and takes them into the form; says what came of each.
async fn attach_tables(desk: Desk, store: Store, files: &[File]) -> Vec<String> {
    let FormTables { tables, findings } = match store.read_tables(files).await {
        Ok(read) => read,
        Err(error) => return vec![words_for(&error)],
    };
    let mut said = Vec::new();
    if !desk.is_open() {
        return said;
    }
    for (name, table) in tables {
        let room = desk.draft.with_untracked(|draft| {
            let mut with = draft.clone();
            with.attach_table(&name, table.clone());
            with.definition().to_string().len() <= RECORD_BYTES
        });
        let words = if room { key::STAFF_MAKE_FILE_HERE } else { key::STAFF_MAKE_FILE_LARGE };
        said.push(format!("{name}{TABLE}: {}", t(words)));
        if room {
            let _ = desk.change(|draft| {
                draft.attach_table(&name, table);
                Ok(())
            });
        }
    }
    said.extend(findings.into_iter().map(|it| format!("{} {}", it.what, it.remedy)));
    said
}

/// Takes one file into the form, if the form names it and there is room; says what came of it.
async fn attach(desk: Desk, file: File) -> crate::locale::Key {
    let name = file.name();
    let named =
        desk.draft.with_untracked(|draft| draft.files().iter().any(|(own, _)| *own == name));
    if !named {
        return key::STAFF_MAKE_FILE_UNNAMED;
    }
    let taken = desk.draft.with_untracked(|draft| {
        let files = draft.definition().get("files").and_then(|files| files.as_object().cloned());
        let others = files.into_iter().flatten().filter(|(own, _)| *own != name);
        others.map(|(_, address)| address.as_str().map_or(0, str::len)).sum::<usize>()
    });
    let room = FILES_CHARS.saturating_sub(taken + 64);
    let small = file.size() * 4.0 / 3.0 <= room.min(PICTURE_CHARS) as f64;
    // A small picture stays as it is, with what JPEG does not know: letters with sharp edges, nothing where nothing is.
    let encoded = if file.type_().starts_with("image/") && !small {
        attachment::picture(file, room.min(PICTURE_CHARS)).await
    } else if file.size() * 4.0 / 3.0 <= room as f64 {
        attachment::whole(file).await
    } else {
        None
    };
    match encoded {
        Some(Encoded { media_type, data }) if data.len() <= room && desk.is_open() => {
            let address = format!("data:{media_type};base64,{data}");
            let _ = desk.change(|draft| {
                draft.attach(&name, address);
                Ok(())
            });
            key::STAFF_MAKE_FILE_HERE
        }
        _ => key::STAFF_MAKE_FILE_LARGE,
    }
}
