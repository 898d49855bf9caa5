//! Staff begin a survey with a spreadsheet: it is taken whole, or they see what is wrong with it and where.

use anyhow::{Context, Result};
use e2e::{
    Browser, Client, Server,
    browser::exactly,
    fill,
    pages::{Builder, Staff, Survey},
    t,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::By;

type Rows<'a> = &'a [&'a [&'a str]];

/// A workbook of these sheets.
fn workbook(sheets: &[(&str, Rows<'_>)]) -> Result<Vec<u8>> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name)?;
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                sheet.write(row, column, *cell)?;
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// Chooses a file of these bytes on the page.
async fn give(office: &Browser, folder: &TempDir, name: &str, bytes: &[u8]) -> Result<()> {
    give_all(office, folder, &[(name, bytes)]).await
}

/// Chooses files at once.
async fn give_all(office: &Browser, folder: &TempDir, files: &[(&str, &[u8])]) -> Result<()> {
    let mut paths = Vec::new();
    for (name, bytes) in files {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes)?;
        paths.push(file.display().to_string());
    }
    // What is chosen is not what was chosen before: the browser tells of nothing else.
    office.run("document.getElementById('file').value = ''", &[]).await?;
    office.see(By::Id("file")).await?.send_keys(paths.join("\n")).await?;
    Ok(())
}

async fn drafts(staff: &Client) -> Result<Value> {
    Ok(serde_json::from_slice(&staff.bytes("/drafts").await?)?)
}

const HEAD: &[&str] = &["type", "name", "label::English (en)", "label::Polski (pl)", "relevant"];
const GOOD: Rows<'_> = &[
    HEAD,
    &["select_one yes_no", "buses", "Do you take the bus?", "Czy jeździsz autobusem?", ""],
    &["begin_group", "trips", "Your trips", "Twoje podróże", "${buses} = 'yes'"],
    &["integer", "often", "How often a week?", "Jak często w tygodniu?", ""],
    &["select_multiple stop", "stops", "Which stops?", "Które przystanki?", "${often} > 2"],
    &["end_group", "", "", "", ""],
    &["text", "more", "Anything else?", "Coś jeszcze?", ""],
];
const CHOICES: Rows<'_> = &[
    &["list_name", "name", "label::English (en)", "label::Polski (pl)"],
    &["yes_no", "yes", "Yes", "Tak"],
    &["yes_no", "no", "No", "Nie"],
    &["stop", "market", "Market Place", "Rynek"],
    &["stop", "station", "Station", "Dworzec"],
];
const SETTINGS: Rows<'_> = &[&["form_title"], &["Buses"]];

#[tokio::test]
async fn a_spreadsheet_is_taken_whole_or_shows_what_is_wrong_where() -> Result<()> {
    let server = Server::start().await?;
    let office = Browser::start(&server).await?;
    Staff::sign_in(&office, "/staff/surveys/new").await?;
    let folder = TempDir::new()?;
    let staff = Client::sign_in(&server).await?;

    // A type that does not exist, and a condition about nobody's question.
    let mut bad = GOOD.to_vec();
    bad[3] = &["integr", "often", "How often a week?", "Jak często w tygodniu?", ""];
    bad[6] = &["text", "more", "Anything else?", "Coś jeszcze?", "${nobody} = 'x'"];
    let sheets = [("survey", &*bad), ("choices", CHOICES), ("settings", SETTINGS)];
    give(&office, &folder, "bad.xlsx", &workbook(&sheets)?).await?;
    office.reads(t("staff_make_import_bad")).await?;
    office.focuses("checked").await?;
    let table = office.see(By::Css("#checked table tbody")).await?.text().await?;
    let row = |cell: &str| table.lines().find(|it| it.contains(cell)).context(table.clone());
    let of_type = row("A4")?;
    assert!(of_type.contains("integr") && of_type.contains("integer"), "{table}");
    assert!(row("E7")?.contains("nobody"), "{table}");
    assert!(!office.sees(exactly("button", t("staff_make_import_take"))).await?);
    assert_eq!(drafts(&staff).await?, json!({"drafts": []}));

    // No workbook at all says so, and the page goes on.
    give(&office, &folder, "none.xlsx", b"PK\x03\x04 no workbook").await?;
    office.reads(t("staff_make_import_bad")).await?;
    assert_eq!(drafts(&staff).await?, json!({"drafts": []}));

    let sheets = [("survey", GOOD), ("choices", CHOICES), ("settings", SETTINGS)];
    give(&office, &folder, "good.xlsx", &workbook(&sheets)?).await?;
    office.reads(t("staff_make_import_good")).await?;
    office.reads(&fill("staff_make_import_count_other", &[("n", "5")])).await?;
    assert_eq!(drafts(&staff).await?, json!({"drafts": []}));
    office.press(exactly("button", t("staff_make_import_take"))).await?;
    office.see(exactly("h2", t("staff_make_questions"))).await?;
    let script = "return [...document.querySelectorAll('.ct-outline a')].map(it => it.textContent)";
    let listed = office.run(script, &[]).await?;
    let add = format!("{}: Your trips", t("staff_make_add_inside"));
    assert_eq!(
        listed,
        json!([
            "Do you take the bus?",
            "Your trips",
            add,
            "How often a week?",
            "Which stops?",
            "Anything else?"
        ])
    );

    let draft: Value = serde_json::from_slice(&staff.bytes("/drafts/buses").await?)?;
    assert_eq!(draft["survey"]["title"]["en"], "Buses");
    let form = &draft["definition"];
    assert_eq!(form["languages"], json!(["en", "pl"]));
    let items = &form["items"];
    assert_eq!(items[0]["label"]["pl"], "Czy jeździsz autobusem?");
    assert_eq!(items[1]["relevant"], "${buses} = 'yes'");
    assert_eq!(items[1]["items"][1]["relevant"], "${often} > 2");
    let names = |list: &str| -> Vec<_> {
        let choices = form["lists"][list].as_array().into_iter().flatten();
        choices.map(|it| (it["name"].clone(), it["label"]["pl"].clone())).collect()
    };
    assert_eq!(names("yes_no"), [(json!("yes"), json!("Tak")), (json!("no"), json!("Nie"))]);
    assert_eq!(names("stop").len(), 2);

    // The condition is picked, not only written: it can be changed without knowing the language.
    office.press_link("Your trips").await?;
    office.press_link(t("staff_make_relevant_change")).await?;
    let value = office.see(By::Id("value-0")).await?.prop("value").await?;
    assert_eq!(value.as_deref(), Some("yes"));
    Builder::at(&office).press(t("staff_make_condition_keep")).await?.done().await?;
    let again: Value = serde_json::from_slice(&staff.bytes("/drafts/buses").await?)?;
    assert_eq!(again["definition"], *form);
    Ok(())
}

#[tokio::test]
async fn an_expression_that_cannot_be_picked_stays_as_it_is_written() -> Result<()> {
    let server = Server::start().await?;
    let office = Browser::start(&server).await?;
    Staff::sign_in(&office, "/staff/surveys/new").await?;
    let folder = TempDir::new()?;
    const SOURCE: &str = "count-selected(${stops}) > 1 and (${often} > 2 or ${buses} = 'no')";
    let mut rows = GOOD.to_vec();
    let last = ["text", "more", "Anything else?", "Coś jeszcze?", SOURCE];
    rows[6] = &last;
    let sheets = [("survey", &*rows), ("choices", CHOICES), ("settings", SETTINGS)];
    give(&office, &folder, "form.xlsx", &workbook(&sheets)?).await?;
    office.press(exactly("button", t("staff_make_import_take"))).await?;
    office.see(exactly("h2", t("staff_make_questions"))).await?;
    office.press_link("Anything else?").await?;
    office.press_link(t("staff_make_relevant_change")).await?;
    office.reads(t("staff_make_by_hand")).await?;
    assert!(!office.sees(By::Id("add-test")).await?);
    let source = office.see(By::Id("source")).await?;
    assert_eq!(source.prop("value").await?.as_deref(), Some(SOURCE));
    let builder = Builder::at(&office);
    builder.press(t("staff_make_condition_keep")).await?;
    office.reads(SOURCE).await?;

    // Broken, it is not kept, and the problem stands at it.
    office.press_link(t("staff_make_relevant_change")).await?;
    office.see(By::Id("source")).await?.send_keys(" and").await?;
    builder.press(t("staff_make_condition_keep")).await?;
    let fault = office.see(By::Id("source-error")).await?.text().await?;
    assert!(fault.contains("Something is missing after"), "{fault}");
    let staff = Client::sign_in(&server).await?;
    let draft: Value = serde_json::from_slice(&staff.bytes("/drafts/buses").await?)?;
    assert_eq!(draft["definition"]["items"][2]["relevant"], SOURCE);
    Ok(())
}

#[tokio::test]
async fn a_table_comes_with_the_form_and_goes_out_with_it_as_one_archive() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    Staff::sign_in(&office, "/staff/surveys/new").await?;
    let folder = TempDir::new()?;
    let staff = Client::sign_in(&server).await?;
    let rows: Rows<'_> = &[
        &["type", "name", "label::English (en)"],
        &["select_one_from_file towns.csv", "town", "Which town?"],
    ];
    let form = workbook(&[("survey", rows), ("settings", &[&["form_title"], &["Towns"]])])?;
    let towns: &[u8] = "name,label\ngrays,Grays\nbata,East Tilbury – Baťa\n".as_bytes();

    // Alone it says which table it lacks, and where; a table that cannot be read keeps all of it out.
    give(&office, &folder, "towns.xlsx", &form).await?;
    office.see(exactly("button", t("staff_make_import_take"))).await?;
    let table = office.see(By::Css("#checked table tbody")).await?.text().await?;
    assert!(table.contains("towns.csv"), "{table}");
    let broken = [("towns.xlsx", &*form), ("towns.csv", b"name,label\ngrays,Gr\xe9ys\n")];
    give_all(&office, &folder, &broken).await?;
    office.reads(t("staff_make_import_bad")).await?;
    let table = office.see(By::Css("#checked table tbody")).await?.text().await?;
    assert!(table.contains("towns.csv") && table.contains("UTF-8"), "{table}");
    assert!(!office.sees(exactly("button", t("staff_make_import_take"))).await?);
    give_all(&office, &folder, &[("towns.csv", towns)]).await?;
    office.reads("There is no workbook").await?;
    assert_eq!(drafts(&staff).await?, json!({"drafts": []}));

    give_all(&office, &folder, &[("towns.csv", towns), ("towns.xlsx", &form)]).await?;
    office.reads(t("staff_make_import_good")).await?;
    assert!(!office.sees(By::Css("#checked table")).await?, "nothing is missing");
    office.press(exactly("button", t("staff_make_import_take"))).await?;
    office.see(exactly("h2", t("staff_make_questions"))).await?;
    let builder = Builder::at(&office);
    builder.go_to(t("staff_make_about")).await?;
    office.write(t("staff_field_summary"), "Where do you live?").await?;
    builder.done().await?.saved().await?.publish(1).await?;
    tablet.open_page("/surveys/towns").await?;
    let survey = Survey::start(&tablet).await?;
    survey.pick("East Tilbury – Baťa").await?.next().await?;
    survey.save().await?.received().await?;
    let answers = staff.table("/export/surveys/towns.csv").await?;
    assert_eq!(answers.column("town")?, ["bata"]);

    // Out as the page offers it, and in again: the same form.
    office.open_page("/staff/surveys/towns/edit").await?;
    let link = office.see(exactly("a", t("staff_make_export_files"))).await?;
    assert_eq!(link.attr("download").await?.as_deref(), Some("towns.zip"));
    let href = link.attr("href").await?.context("no address")?;
    let archive = staff.bytes(href.trim_start_matches("/api/v1")).await?;
    office.open_page("/staff/surveys/new").await?;
    give(&office, &folder, "towns.zip", &archive).await?;
    office.reads(t("staff_make_import_good")).await?;
    office.press(exactly("button", t("staff_make_import_take"))).await?;
    office.see(exactly("h2", t("staff_make_questions"))).await?;
    let listed = drafts(&staff).await?;
    let id = listed["drafts"][0]["id"].as_str().context(listed.to_string())?;
    let draft: Value = serde_json::from_slice(&staff.bytes(&format!("/drafts/{id}")).await?)?;
    assert_eq!(draft["survey"]["title"]["en"], "Towns");
    let changes: Value = serde_json::from_slice(&staff.bytes("/changes").await?)?;
    let version = changes["records"].as_array().into_iter().flatten();
    let version = version.filter(|it| it["id"] == "towns.1").collect::<Vec<_>>();
    let mut published = version[0]["fields"]["definition"].clone();
    // It is told by the name and the version it went out with.
    published["settings"] = json!({"form_id": "towns", "version": "1"});
    assert_eq!(draft["definition"], published);
    // A form without tables has nothing more to take along.
    office.open_page("/staff/surveys/living-together/edit").await?;
    office.see(exactly("a", t("staff_make_export"))).await?;
    assert!(!office.sees(exactly("a", t("staff_make_export_files"))).await?);
    Ok(())
}
