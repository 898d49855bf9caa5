//! Whoever writes a survey goes from screen to screen: what they typed is taken on the way, or they are asked.

use anyhow::{Result, ensure};
use e2e::{
    Browser, Client, Options, Server,
    browser::exactly,
    pages::{Builder, Staff},
    shots, t,
};
use serde_json::{Value, json};
use thirtyfour::{Key, prelude::By};

use crate::builder::{USE, WHY, write};

/// Has the page answer its own question so, and count how often it asks.
async fn answers(office: &Browser, leave: bool) -> Result<()> {
    let script =
        "window.asked = 0; window.confirm = () => { window.asked += 1; return arguments_[0]; }";
    let script = script.replace("arguments_[0]", if leave { "true" } else { "false" });
    office.run(&script, &[]).await.map(drop)
}

/// How often it has asked since [`answers`].
async fn asked(office: &Browser) -> Result<u64> {
    Ok(office.run("return window.asked", &[]).await?.as_u64().unwrap_or_default())
}

/// Goes back as with the browser's own button, from a field that is still typed into.
async fn browser_back(office: &Browser) -> Result<()> {
    office.run("history.back()", &[]).await.map(drop)
}

#[tokio::test]
async fn what_is_typed_is_taken_on_every_way_from_a_screen() -> Result<()> {
    let server = Server::start().await?;
    let office = Browser::start(&server).await?;
    let builder = write(&office).await?;
    answers(&office, false).await?;
    let value = async |id: &str| -> Result<String> {
        let field = office.see(By::Id(id.to_owned())).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    };

    // Choices that are written and not added yet, and one whose words are being changed.
    office.press_link(USE).await?;
    office.press_link(t("staff_make_choices_change")).await?;
    office.write(t("staff_make_choices_add"), "Now and then").await?;
    builder.back().await?;
    office.reads(&t("staff_make_choices_count_other").replace("{n}", "3")).await?;
    office.press_link(t("staff_make_choices_change")).await?;
    office.see(By::Id("choice-yes")).await?.send_keys(", often").await?;
    browser_back(&office).await?;
    office.see(By::Id("kind")).await?;
    office.press_link(t("staff_make_choices_change")).await?;
    assert_eq!(value("choice-yes").await?, "Yes, often");
    builder.back().await?;

    // The name in results, below the form; the address before it still names the question as it was called.
    office.write(t("staff_make_name"), "uses_park").await?;
    office.press_link(t("staff_make_choices_change")).await?;
    office.see(By::Id("choice-now_and_then")).await?;
    builder.back().await?.back().await?;
    office.press_link(WHY).await?;
    office.reads("${uses_park} = 'no'").await?;

    // Words that are being typed, and the browser's own way back.
    office.see(By::Id("hint")).await?.send_keys("In a few words").await?;
    browser_back(&office).await?;
    office.see(exactly("h2", t("staff_make_questions"))).await?;
    office.press_link(WHY).await?;
    assert_eq!(value("hint").await?, "In a few words");

    // A condition that is whole is taken.
    office.press_link(t("staff_make_relevant_change")).await?;
    office.see(By::Id("source")).await?.send_keys(" or 1 = 2").await?;
    builder.back().await?;
    office.reads("${uses_park} = 'no' or 1 = 2").await?;
    assert_eq!(asked(&office).await?, 0, "nothing would have been lost");

    // What cannot be taken is asked about, and whoever stays finds it as it was, with what is wrong.
    office.press_link(t("staff_make_relevant_change")).await?;
    office.see(By::Id("source")).await?.send_keys(" and").await?;
    builder.back().await?;
    office.see(By::Id("source-error")).await?;
    ensure!(asked(&office).await? == 1 && value("source").await?.ends_with(" and"));
    answers(&office, true).await?;
    builder.back().await?;
    office.reads("${uses_park} = 'no' or 1 = 2").await?;
    assert_eq!(asked(&office).await?, 1);
    builder.back().await?;

    // A question comes with the button alone.
    answers(&office, false).await?;
    office.press_link(t("staff_make_add")).await?;
    office.write(t("staff_make_words"), "Anything else?").await?;
    builder.back().await?;
    office.until("the page asks", async || Ok((asked(&office).await? == 1).then_some(()))).await?;
    assert_eq!(value("words").await?, "Anything else?");
    office.see(By::Id("words")).await?.send_keys(Key::Control + "a" + Key::Delete).await?;
    builder.back().await?;
    office.see(exactly("h2", t("staff_make_questions"))).await?;
    assert_eq!(asked(&office).await?, 1);
    builder.saved().await?;
    Ok(())
}

#[tokio::test]
async fn within_the_builder_nobody_is_asked_while_the_server_is_away() -> Result<()> {
    let mut server = Server::start().await?;
    let office = Browser::start(&server).await?;
    let builder = write(&office).await?;
    answers(&office, false).await?;
    server.stop().await?;
    builder.add("Anything else?", t("staff_kind_text")).await?;
    office.reads(t("staff_not_saved")).await?;
    builder.done().await?;
    office.press_link(USE).await?;
    office.press_link(t("staff_make_choices_change")).await?;
    office.write(t("staff_make_choices_add"), "Now and then").await?;
    builder.back().await?;
    office.reads(&t("staff_make_choices_count_other").replace("{n}", "3")).await?;
    browser_back(&office).await?;
    office.see(By::Id("choice-now_and_then")).await?;
    builder.back().await?.back().await?;
    office.reads("Anything else?").await?;
    assert_eq!(asked(&office).await?, 0, "it is all here");
    // Away from the builder it would be lost.
    office.press_link(t("staff_events")).await?;
    office.until("the page asks", async || Ok((asked(&office).await? == 1).then_some(()))).await?;
    office.reads("Anything else?").await?;
    server.start_again().await?;
    builder.saved().await?;
    office.press_link(t("staff_events")).await?;
    office.headed(t("staff_events")).await?;
    assert_eq!(asked(&office).await?, 1);
    Ok(())
}

/// Puts a draft on the server in which much can be doubted, and with `lacking` something is wrong.
async fn doubtful(server: &Server, lacking: bool) -> Result<()> {
    let choice = |name: &str, label: &str| json!({"name": name, "label": {"en": label}});
    let text = |words: &str, polish: &str| json!({"en": words, "pl": polish});
    let stored = if lacking { "id" } else { "name" };
    let definition = json!({
        "languages": ["en", "pl"],
        "items": [
            {"type": "text", "name": "who", "label": text("What is your name?", "Jak masz na imię?")},
            {"type": "select_one", "name": "often", "list": "often", "relevant": "${rooms} > 2",
             "label": text("${who}, how often do you visit the park?", "${who}, jak często?")},
            {"type": "integer", "name": "rooms", "constraint": ". > 0", "label": text("How many rooms have you?", "Ile pokoi?")},
            {"type": "select_one", "name": "street", "file": "streets.csv",
             "label": text("Which street do you live in?", "Która ulica?")},
        ],
        "lists": {"often": [choice("a", "Often"), choice("b", "often"), choice("c", "Never")]},
        "tables": {"streets": {"columns": [stored, "label"], "rows": [
            ["h", "High Street"], ["h", "Hill Street"], ["", "Kings Road"],
        ]}},
    });
    let survey = json!({"title": {"en": "Parks", "pl": "Parki"}, "summary": {"en": "About parks.", "pl": "O parkach."}, "minutes": 1});
    let draft = json!({"base_rev": 0, "survey": survey, "definition": definition});
    let staff = Client::sign_in(server).await?;
    staff.send(reqwest::Method::PUT, "/drafts/parks", &draft).await.map(drop)
}

#[tokio::test]
async fn what_was_hardly_meant_is_told_and_can_be_published() -> Result<()> {
    let server = Server::start().await?;
    doubtful(&server, false).await?;
    let office = Browser::start(&server).await?;
    Staff::sign_in(&office, "/staff/surveys/parks/edit").await?;
    let builder = Builder::at(&office);
    // Where an answer will stand, the list names its question.
    const OFTEN: &str = "[What is your name?], how often do you visit the park?";
    office.reads(OFTEN).await?;
    builder.go_to(t("staff_make_publish")).await?;
    office.reads(t("staff_make_doubts")).await?;
    let told = office.see(By::Css("main .govuk-inset-text")).await?.text().await?;
    let fill = |text: &str, values: &[(&str, &str)]| {
        values.iter().fold(t(text).to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    };
    for words in [
        fill("staff_make_early", &[("later", "How many rooms have you?")]),
        t("staff_make_doubt_message").to_owned(),
        fill("staff_make_doubt_empty", &[("name", "streets"), ("column", "name"), ("n", "1")]),
        fill(
            "staff_make_doubt_repeated",
            &[("name", "streets"), ("column", "name"), ("values", "h")],
        ),
        fill("staff_make_doubt_words", &[("words", "often")]),
    ] {
        ensure!(told.contains(&words), "{words}\n{told}");
    }
    // By keyboard alone to the choices, where it stands too, and back again.
    let tab_to = async |what: &str| {
        for _ in 0..30 {
            office.key(Key::Tab).await?;
            if office.focused().await? == what {
                return Ok(());
            }
        }
        anyhow::bail!("{what} is not reached with Tab")
    };
    office.focuses("screen").await?;
    tab_to(&format!("a {OFTEN} – often").chars().take(62).collect::<String>()).await?;
    office.key(Key::Enter).await?;
    office.reads(&fill("staff_make_doubt_words", &[("words", "often")])).await?;
    office.focuses("screen").await?;
    tab_to("choice-b").await?;
    // With the focus all of it is marked.
    office.types("Now and then").await?;
    office.key(Key::Tab).await?;
    office
        .until("nothing is doubted any more", async || {
            Ok((!office.text().await?.contains(t("staff_make_doubts_here"))).then_some(()))
        })
        .await?;
    tab_to("a Done").await?;
    office.key(Key::Enter).await?;
    office.see(By::Id("kind")).await?;
    builder.back().await?.saved().await?.publish(1).await?;
    Ok(())
}

/// Staff's pages are in English, and say so; the questions are read in any language of their form.
#[tokio::test]
async fn a_survey_is_previewed_in_each_of_its_languages_on_a_page_in_english() -> Result<()> {
    let server = Server::start().await?;
    doubtful(&server, false).await?;
    let office = Browser::start(&server).await?;
    Staff::sign_in(&office, "/staff/surveys/parks/edit").await?;
    ensure!(!office.text().await?.contains("Polski"), "no other language is offered");
    Builder::at(&office).go_to(t("staff_make_preview")).await?;
    let languages = async || -> Result<Value> {
        let script =
            "return [document.documentElement.lang, document.querySelector('#preview form').lang]";
        office.run(script, &[]).await
    };
    office.reads("What is your name?").await?;
    office.choose(t("language"), "Polish").await?;
    office.reads("Jak masz na imię?").await?;
    assert_eq!(languages().await?, json!(["en", "pl"]));
    office.choose(t("language"), "English").await?;
    office.reads("What is your name?").await?;
    assert_eq!(languages().await?, json!(["en", "en"]));
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_and_what_is_doubted_is_pictured() -> Result<()> {
    for lacking in [false, true] {
        let server = Server::start().await?;
        doubtful(&server, lacking).await?;
        let name = if lacking { "wrong" } else { "doubts" };
        for width in shots::WIDTHS {
            let options = Options { size: (width, 1_800), ..Options::default() };
            let office = Browser::start_with(&server, options).await?;
            Staff::sign_in(&office, "/staff/surveys/parks/edit").await?;
            for (screen, query) in [
                ("contents", ""),
                ("publish", "?do=publish&at="),
                ("item", "?do=item&at=street"),
                ("choices", "?do=choices&at=often"),
                ("condition", "?do=condition&at=often"),
                ("preview", "?do=preview&at="),
            ] {
                office.open_page(&format!("/staff/surveys/parks/edit{query}")).await?;
                office.see(By::Id("screen")).await?;
                shots::take(&office, &format!("staff-survey-{name}-{screen}"), width).await?;
            }
        }
    }
    Ok(())
}
