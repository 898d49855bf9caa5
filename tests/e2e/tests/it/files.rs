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
async fn the_screens_of_files_and_calculations_are_pictured() -> Result<()> {
    let server = Server::start().await?;
    let staff = Client::sign_in(&server).await?;
    named(&staff).await?;
    let folder = TempDir::new()?;
    let file = folder.path().join("bench.png");
    std::fs::write(&file, BASE64_STANDARD.decode(DOT)?)?;
    for width in shots::WIDTHS {
        let options = Options { size: (width, 1_800), ..Options::default() };
        let office = Browser::start_with(&server, options).await?;
        Staff::sign_in(&office, "/staff/surveys/benches/edit").await?;
        office.see(By::Id("media")).await?.send_keys(file.display().to_string()).await?;
        office.reads(t("staff_make_file_here")).await?;
        shots::take(&office, "staff-survey-files", width).await?;
        let builder = Builder::at(&office);
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
