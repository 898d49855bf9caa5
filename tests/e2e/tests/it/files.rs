//! The pictures of a form: staff see which ones it names, add them, and a resident sees them without a network.

use anyhow::{Context, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    Browser, Client, Options, Server,
    browser::exactly,
    pages::{Builder, Staff, Survey},
    shots, t,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Key, prelude::By};

/// A picture of one grey dot (PNG), in Base64.
const DOT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

/// Puts a draft of a question with two pictures on the server.
async fn named(staff: &Client) -> Result<()> {
    let definition = json!({"languages": ["en"], "items": [{
        "type": "text", "name": "bench", "label": {"en": "What would make this bench better?"},
        "image": {"en": "bench.png"},
    }, {
        "type": "note", "name": "end", "label": {"en": "That was all."}, "image": {"en": "park.png"},
    }]});
    let survey =
        json!({"title": {"en": "Benches"}, "summary": {"en": "About the benches."}, "minutes": 1});
    let draft = json!({"base_rev": 0, "survey": survey, "definition": definition});
    staff.send(reqwest::Method::PUT, "/drafts/benches", &draft).await?;
    Ok(())
}

#[tokio::test]
async fn a_picture_that_the_form_names_is_added_and_seen_by_a_resident() -> Result<()> {
    let mut server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    named(&Client::sign_in(&server).await?).await?;
    Staff::sign_in(&office, "/staff/surveys/benches/edit").await?;
    let states = async || -> Result<Value> {
        let script = "return [...document.querySelectorAll('#media-files li')]
            .map(it => [it.querySelector('.ct-file-name').textContent, it.querySelector('.govuk-tag').textContent])";
        office.run(script, &[]).await
    };
    office.see(By::Id("media")).await?;
    let missing = t("staff_make_file_missing");
    assert_eq!(states().await?, json!([["bench.png", missing], ["park.png", missing]]));

    let folder = TempDir::new()?;
    let mut paths = Vec::new();
    for name in ["bench.png", "other.png"] {
        let file = folder.path().join(name);
        std::fs::write(&file, BASE64_STANDARD.decode(DOT)?)?;
        paths.push(file.display().to_string());
    }
    office.see(By::Id("media")).await?.send_keys(paths.join("\n")).await?;
    office.reads(&format!("other.png: {}", t("staff_make_file_unnamed"))).await?;
    let here = t("staff_make_file_here");
    assert_eq!(states().await?, json!([["bench.png", here], ["park.png", missing]]));
    let builder = Builder::at(&office);
    builder.saved().await?.publish(1).await?;

    // The tablet has the picture, and shows it without a network.
    tablet.open_page("/surveys/benches").await?;
    tablet.headed("Benches").await?;
    server.stop().await?;
    let survey = Survey::start(&tablet).await?;
    tablet
        .until("the picture is drawn", async || {
            let script = "const it = document.querySelector('main img');
                return !!it && it.complete && it.naturalWidth === 1";
            Ok((tablet.run(script, &[]).await? == true).then_some(()))
        })
        .await?;
    survey.write("A back").await?.next().await?;
    server.start_again().await?;

    // Taken out by keyboard alone, it is missing again; the focus stays where the work is.
    office.open_page("/staff/surveys/benches/edit").await?;
    office.see(exactly("h2", t("staff_make_files"))).await?;
    office.run("document.querySelector('#media-files button').focus()", &[]).await?;
    office.key(Key::Enter).await?;
    office.focuses("media").await?;
    assert_eq!(states().await?, json!([["bench.png", missing], ["park.png", missing]]));
    builder.saved().await?.press(t("staff_make_undo")).await?.saved().await?;
    assert_eq!(states().await?, json!([["bench.png", here], ["park.png", missing]]));
    Ok(())
}

#[tokio::test]
async fn a_question_chooses_from_a_table_that_staff_add() -> Result<()> {
    let mut server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    Staff::sign_in(&office, "/staff/surveys/new").await?;
    let builder = Builder::begin(&office, "Streets").await?;
    let folder = TempDir::new()?;
    let add = async |name: &str, text: &[u8]| -> Result<()> {
        let file = folder.path().join(name);
        std::fs::write(&file, text)?;
        office.see(By::Id("media")).await?.send_keys(file.display().to_string()).await?;
        Ok(())
    };
    // What is no table is told, and the form stays as it was.
    add("streets.csv", b"code,street\n\xff\xfe\n").await?;
    office.reads("Save it as CSV UTF-8").await?;
    add("streets.csv", b"code,street,parish\nq,Quarry Hill,Grays\no,Orsett Road,Grays\n").await?;
    office.reads(&format!("streets.csv: {}", t("staff_make_file_here"))).await?;
    office
        .reads(&t("staff_make_table_columns").replace("{columns}", "code, street, parish"))
        .await?;

    // A question chooses from it: the first column is stored, the second is read, and staff may say otherwise.
    builder.add("Which street?", t("staff_kind_select_one")).await?;
    let table = t("staff_make_list_table").replace("{name}", "streets");
    office.choose(t("staff_make_list"), &table).await?;
    builder.press(t("staff_make_pick")).await?;
    let column = async |id: &str| -> Result<Value> {
        office.run("return document.getElementById(arguments[0])?.value", &[json!(id)]).await
    };
    office.see(By::Id("column-label")).await?;
    assert_eq!(column("column-value").await?, "code");
    assert_eq!(column("column-label").await?, "street");
    builder.done().await?.go_to(t("staff_make_about")).await?;
    office.write(t("staff_field_summary"), "Where the lamps are out.").await?;
    builder.back().await?.saved().await?.publish(1).await?;

    // A resident picks a street of it without a network, and its code is what arrives.
    tablet.open_page("/surveys").await?;
    tablet.press_link("Streets").await?;
    tablet.headed("Streets").await?;
    server.stop().await?;
    let survey = Survey::start(&tablet).await?;
    let saved = survey.pick("Orsett Road").await?.next().await?.save().await?;
    server.start_again().await?;
    saved.received().await?;
    let table = Client::sign_in(&server).await?.table("/export/surveys/streets.csv").await?;
    assert_eq!(table.column("which_street")?, ["o"]);

    // A table that is taken out is missed where it is used.
    office.open_page("/staff/surveys/streets/edit").await?;
    office.see(exactly("h2", t("staff_make_files"))).await?;
    office.run("document.querySelector('#media-files button').focus()", &[]).await?;
    office.key(Key::Enter).await?;
    office.focuses("media").await?;
    builder.saved().await?.go_to(t("staff_make_publish")).await?;
    office.reads(&t("staff_make_table_missing").replace("{name}", "streets")).await?;
    Ok(())
}

#[tokio::test]
async fn a_table_that_comes_after_its_page_was_left_ends_nothing() -> Result<()> {
    let server = Server::start().await?;
    let office = Browser::start(&server).await?;
    named(&Client::sign_in(&server).await?).await?;
    Staff::sign_in(&office, "/staff/surveys").await?;
    office.press_link("Benches").await?;
    let media = office.see(By::Id("media")).await?;
    // The server's answer waits until the page is left. The mark is gone if a page is loaded anew.
    let hold = "window.marked = true;
        const own = window.fetch;
        window.fetch = (...given) => {
            if (!String(given[0].url ?? given[0]).endsWith('/forms/tables')) return own(...given);
            return new Promise((go) => window.release = () => go(own(...given)));
        }";
    office.run(hold, &[]).await?;
    let folder = TempDir::new()?;
    let file = folder.path().join("streets.csv");
    std::fs::write(&file, "code,street\nq,Quarry Hill\n")?;
    media.send_keys(file.display().to_string()).await?;
    let held =
        async || Ok((office.run("return !!window.release", &[]).await? == true).then_some(()));
    office.until("the table is on its way", held).await?;
    office.press_link(t("staff_surveys")).await?;
    office.headed(t("staff_surveys")).await?;
    office.run("window.release()", &[]).await?;

    office.press_link("Benches").await?;
    office.see(By::Id("media")).await?;
    assert_eq!(office.run("return window.marked", &[]).await?, true);
    assert!(!office.sees(By::Css("#broken:not([hidden])")).await?, "the program ended");
    let rows =
        office.run("return document.querySelectorAll('#media-files li').length", &[]).await?;
    assert_eq!(rows, 2, "the table is in no form");
    Ok(())
}

#[tokio::test]
async fn the_screens_of_files_and_calculations_are_pictured() -> Result<()> {
    let server = Server::start().await?;
    let staff = Client::sign_in(&server).await?;
    named(&staff).await?;
    let folder = TempDir::new()?;
    let file = folder.path().join("bench.png");
    std::fs::write(&file, BASE64_STANDARD.decode(DOT)?)?;
    let table = folder.path().join("streets.csv");
    std::fs::write(&table, "code,street,parish\nq,Quarry Hill,Grays\no,Orsett Road,Grays\n")?;
    for width in shots::WIDTHS {
        let options = Options { size: (width, 1_800), ..Options::default() };
        let office = Browser::start_with(&server, options).await?;
        Staff::sign_in(&office, "/staff/surveys/benches/edit").await?;
        office.see(By::Id("media")).await?.send_keys(file.display().to_string()).await?;
        office.see(By::Id("media")).await?.send_keys(table.display().to_string()).await?;
        office.reads(&format!("streets.csv: {}", t("staff_make_file_here"))).await?;
        shots::take(&office, "staff-survey-files", width).await?;
        let builder = Builder::at(&office);
        builder.add(&format!("Where {width}?"), t("staff_kind_select_one")).await?;
        let streets = t("staff_make_list_table").replace("{name}", "streets");
        office.choose(t("staff_make_list"), &streets).await?;
        shots::take(&office, "staff-survey-pick", width).await?;
        builder.press(t("staff_make_pick")).await?;
        office.see(By::Id("column-label")).await?;
        shots::take(&office, "staff-survey-table", width).await?;
        builder.done().await?;
        let total = format!("Total {width}");
        builder.add(&total, t("staff_kind_calculate")).await?;
        office.see(By::Id("calculation")).await?.send_keys("1 +").await?;
        shots::take(&office, "staff-survey-calculation", width).await?;
        office.key(Key::Tab).await?;
        office.see(By::Id("calculation-error")).await?;
        shots::take(&office, "staff-survey-calculation-wrong", width).await?;
        builder.done().await?.saved().await?;
        office.open_page("/staff/surveys/benches/edit?do=preview&at=").await?;
        office.reads(t("staff_make_preview_wrong")).await?;
        office.see(exactly("a", &total)).await.context("the question is named")?;
        shots::take(&office, "staff-survey-preview-wrong", width).await?;
        office.press_link(&total).await?;
        field_anew(&office).await?;
    }
    Ok(())
}

/// Makes the calculation whole again.
async fn field_anew(office: &Browser) -> Result<()> {
    let field = office.see(By::Id("calculation")).await?;
    field.send_keys(" 1").await?;
    let builder = Builder::at(office);
    builder.done().await?.saved().await?;
    Ok(())
}
