//! Every kind of question on a tablet: what it looks like at every width, what axe and the keyboard make of it, and what
//! becomes of files and places.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use e2e::{Browser, Client, Options, Server, axe, pages::Survey, shots, t};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Key, prelude::By};

use crate::published;

/// The widths that a page must fit: 320 CSS px is a page of 1,280 px at a zoom of 400%.
const WIDTHS: [u32; 4] = [320, 390, 820, 1_920];

/// A picture of one transparent dot (PNG), in Base64.
const CLEAR: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII=";

async fn stage() -> Result<(Server, Browser)> {
    let server = Server::start().await?;
    published::survey(&server, "kinds", "The square", form()?).await?;
    let browser = Browser::start_with(&server, Options::default()).await?;
    browser.ready_for_offline().await?;
    browser.open_page("/surveys/kinds").await?;
    Ok((server, browser))
}

/// The form with its pictures and its sound; the film and the lamp's picture are missing.
fn form() -> Result<Value> {
    let mut form: Value = serde_json::from_str(include_str!("kinds.json"))?;
    let svg = |shape: &str| {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"200\" viewBox=\"0 0 32 20\">\
             <rect width=\"32\" height=\"20\" fill=\"#cfe3e8\"/>{shape}</svg>"
        );
        format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(svg))
    };
    form["files"] = json!({
        "bench.svg": svg("<path d=\"M6 10h20v2H6zM8 12h2v5H8zM22 12h2v5h-2z\" fill=\"#7a4a21\"/>"),
        "tree.svg": svg("<path d=\"M15 10h2v8h-2z\" fill=\"#7a4a21\"/><circle cx=\"16\" cy=\"7\" r=\"5\" fill=\"#2c7a3f\"/>"),
        "square.svg": svg("<path d=\"M4 16L16 6l12 10z\" fill=\"#b8a98a\"/>"),
        "square.wav": format!("data:audio/wav;base64,{}", BASE64_STANDARD.encode(tone())),
    });
    Ok(form)
}

/// A quarter of a second of a tone: RIFF, 8,000 samples a second of 8 bits.
fn tone() -> Vec<u8> {
    let samples: Vec<u8> =
        (0..2_000_u32).map(|n| if n / 10 % 2 == 0 { 100 } else { 156 }).collect();
    let length = samples.len() as u32;
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + length).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    for part in [1_u16, 1] {
        wav.extend(part.to_le_bytes());
    }
    for part in [8_000_u32, 8_000] {
        wav.extend(part.to_le_bytes());
    }
    for part in [1_u16, 8] {
        wav.extend(part.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.extend(samples);
    wav
}

/// Answers what must be answered on the page of the table.
async fn to_grid(browser: &Browser) -> Result<Survey<'_>> {
    let survey = Survey::start(browser).await?;
    survey.next().await?;
    ensure!(survey.question().await? == "How you feel here");
    Ok(survey)
}

async fn past_grid(browser: &Browser) -> Result<Survey<'_>> {
    let survey = to_grid(browser).await?;
    browser.run("document.getElementById('answer-known').click()", &[]).await?;
    survey.next().await?;
    Ok(survey)
}

#[tokio::test]
async fn an_answer_that_was_touched_by_mistake_is_taken_back() -> Result<()> {
    let (_server, browser) = stage().await?;
    let survey = Survey::start(&browser).await?;
    let picked = async || {
        let script = "return document.querySelectorAll('main input:checked').length";
        browser.run(script, &[]).await
    };
    let offer = By::Css(".ct-take-back");
    ensure!(!browser.sees(offer.clone()).await?, "nothing is answered yet");
    browser.run("document.getElementById('answer').click()", &[]).await?;
    ensure!(picked().await? == 1);
    browser.press(offer.clone()).await?;
    browser
        .until("the first choice has the focus", async || {
            Ok((browser.focused().await? == "answer").then_some(()))
        })
        .await?;
    ensure!(picked().await? == 0 && !browser.sees(offer.clone()).await?);
    survey.next().await?;
    survey.back().await?;
    ensure!(picked().await? == 0, "it came back");
    // What must be answered is changed and not taken back.
    survey.next().await?;
    browser.run("document.getElementById('answer-known').click()", &[]).await?;
    ensure!(picked().await? == 1 && !browser.sees(offer).await?);
    // In a table each row has its own.
    browser.run("document.getElementById('answer-safe-4').click()", &[]).await?;
    for width in shots::WIDTHS {
        browser.resize(width, 1_080).await?;
        shots::take(&browser, "kinds-table-answered", width).await?;
    }
    let own =
        By::XPath("//tr[.//input[@id='answer-safe']]//button[not(contains(@class, '--none'))]");
    browser.press(own.clone()).await?;
    browser.focuses("answer-safe").await?;
    ensure!(picked().await? == 1 && !browser.sees(own).await?, "the other row keeps its answer");
    Ok(())
}

#[tokio::test]
async fn every_kind_fits_every_width_and_axe_finds_nothing() -> Result<()> {
    let (_server, browser) = stage().await?;
    let survey = Survey::start(&browser).await?;
    let mut faults = Vec::new();
    let mut number = 0;
    let mut name = survey.question().await?;
    while name != t("survey_check") {
        number += 1;
        if number == 2 {
            survey.press_next().await?;
            browser.press_link("I know my neighbours – Tell us about your neighbours").await?;
        }
        // The form does not say what Arabic calls itself: the browser knows.
        let arabic = browser.see(By::Id("language-ar")).await?.text().await?;
        assert_eq!(arabic, "العربية");
        for language in ["en", "ar"] {
            browser.press(By::Id(format!("language-{language}"))).await?;
            for width in WIDTHS {
                browser.resize(width, if width < 500 { 844 } else { 1_080 }).await?;
                let page = format!("{number} ({name}) in {language} at {width} px");
                if let Err(fault) = axe::check(&browser, &page).await {
                    faults.push(format!("{fault:#}"));
                }
                let script = "return document.documentElement.scrollWidth - innerWidth";
                let too_wide = browser.run(script, &[]).await?.as_i64().unwrap_or_default();
                if too_wide > 0 {
                    faults.push(format!("{page} is {too_wide} px too wide"));
                }
                if language == "en" || [1, 2, 7, 8].contains(&number) {
                    shots::take(&browser, &format!("kinds-{number:02}-{language}"), width).await?;
                }
            }
            let form = "const it = document.querySelector('main form');
                return [document.documentElement.dir, it.dir || 'ltr', it.lang]";
            let marks = browser.run(form, &[]).await?;
            if language == "ar" {
                assert_eq!(marks, json!(["rtl", "rtl", "ar"]));
            } else {
                assert_eq!(marks, json!(["ltr", "ltr", ""]));
            }
            // The mark of a choice stands where its line begins.
            let side =
                "const it = document.querySelector('.govuk-radios__item, .govuk-checkboxes__item');
                if (!it) return null;
                const mark = getComputedStyle(it.querySelector('label'), '::before');
                return parseFloat(mark.left) < parseFloat(mark.right) ? 'ltr' : 'rtl'";
            let side = browser.run(side, &[]).await?;
            let expected = if language == "ar" { "rtl" } else { "ltr" };
            ensure!(side.is_null() || side == expected, "{name} in {language}: marks at {side}");
        }
        browser.press(By::Id("language-en")).await?;
        browser.headed(&name).await?;
        if number == 2 {
            browser.run("document.getElementById('answer-known').click()", &[]).await?;
        }
        survey.next().await?;
        name = survey.question().await?;
    }
    for width in WIDTHS {
        browser.resize(width, 1_080).await?;
        shots::take(&browser, "kinds-check", width).await?;
    }
    assert_eq!(number, 14, "pages");
    ensure!(faults.is_empty(), "{}", faults.join("\n\n"));
    Ok(())
}

#[tokio::test]
async fn what_belongs_to_a_question_is_seen_and_heard_without_a_network() -> Result<()> {
    let (mut server, browser) = stage().await?;
    server.stop().await?;
    browser.open_page("/surveys/kinds").await?;
    Survey::start(&browser).await?;
    browser
        .until("three pictures are drawn and the sound can be played", async || {
            let script = "const pictures = [...document.querySelectorAll('main img')];
                return [pictures.filter((it) => it.naturalWidth > 0).length, pictures.length,
                        [...document.querySelectorAll('audio')].filter((it) => it.duration > 0.2).length]";
            Ok((browser.run(script, &[]).await? == json!([3, 3, 1])).then_some(()))
        })
        .await?;
    // What is not there is said, in place of a broken frame.
    let text = browser.text().await?;
    assert!(text.contains(t("survey_film_missing")) && text.contains(t("survey_picture_missing")));
    let complaints = browser.complaints().await?;
    let refused = complaints.iter().find(|it| it.contains("Content Security Policy"));
    assert_eq!(refused, None, "the policy of the page allows it");
    browser.tick("A tree").await?;
    Survey::at(&browser).next().await?;
    Ok(())
}

#[tokio::test]
async fn a_table_of_questions_is_one_and_its_rows_come_and_go() -> Result<()> {
    let (server, browser) = stage().await?;
    let survey = to_grid(&browser).await?;
    let named = "const names = [...document.querySelectorAll('tbody tr')]
            .map((row) => row.querySelector('th').firstElementChild.textContent);
        return [document.querySelectorAll('thead th').length, ...names]";
    let first = ["I feel safe here after dark", "I know my neighbours"];
    let last = "I want to stay here for the next five years";
    assert_eq!(browser.run(named, &[]).await?, json!([5, first[0], first[1], last]));
    // An answer that brings a row along leaves the focus where it was.
    browser.run("document.getElementById('answer-safe').focus()", &[]).await?;
    browser.key(Key::Left).await?;
    browser.reads("There is enough light").await?;
    browser.focuses("answer-safe-4").await?;
    survey.press_next().await?;
    browser.press_link("I know my neighbours – Tell us about your neighbours").await?;
    browser
        .until("the row has the focus", async || {
            Ok((browser.focused().await? == "answer-known").then_some(()))
        })
        .await?;
    browser.key(' ').await?;
    let spoken = "const it = document.activeElement;
        const words = (name) => it.getAttribute(name).split(' ')
            .map((id) => document.getElementById(id)?.textContent.trim() ?? '').join(' ').trim();
        return [words('aria-labelledby'), words('aria-describedby')]";
    let spoken = browser.run(spoken, &[]).await?;
    assert_eq!(spoken[0], "I know my neighbours Strongly agree");
    assert!(spoken[1].as_str().is_some_and(|it| it.starts_with("Those on your own street")));
    survey.next().await?;
    assert_eq!(survey.question().await?, "When you use them");
    for id in ["answer-park", "answer-park-1"] {
        browser.run("document.getElementById(arguments[0]).click()", &[id.into()]).await?;
    }
    survey.skip_to("When did you move here?").await?;
    browser.choose(t("survey_month"), "March").await?;
    survey.press_next().await?;
    browser.see(By::Css(".govuk-error-summary")).await?;
    browser.write(t("survey_year"), "2031").await?;
    survey.press_next().await?;
    browser.press_link("That has not come yet").await?;
    browser.write(t("survey_year"), "2019").await?;
    survey.next().await?;
    browser.write(t("survey_year"), "1951").await?;
    survey.next().await?.skip_to(t("survey_check")).await?;
    browser.reads("March 2019").await?;
    survey.save().await?.received().await?;
    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/surveys/kinds.csv").await?;
    for (column, value) in [("moved", "2019-03-01"), ("born", "1951-01-01")] {
        assert_eq!(table.column(column)?, [value]);
    }
    for (column, value) in [("feel/safe", "5"), ("feel/known", "1"), ("use/park", "am pm")] {
        let short = column.rsplit('/').next().unwrap_or_default();
        let found = table.column(column).or_else(|_| table.column(short))?;
        assert_eq!(found, [value], "{column}");
    }
    Ok(())
}

#[tokio::test]
async fn a_survey_is_answered_by_the_keyboard_alone() -> Result<()> {
    let (_server, browser) = stage().await?;
    // From the top of the page to the button, as somebody without a mouse goes.
    let to = async |words: &str| -> Result<()> {
        for _ in 0..60 {
            browser.key(Key::Tab).await?;
            let script = "const it = document.activeElement;
                return it.id && it.id !== 'main' && !it.id.startsWith('language') ? it.id : it.textContent.trim()";
            let focused = browser.run(script, &[]).await?;
            if focused.as_str().is_some_and(|it| it == words) {
                return Ok(());
            }
        }
        anyhow::bail!("{words} is not reached by Tab; the focus is on {}", browser.focused().await?)
    };
    let heading_has_focus = async |words: &str| -> Result<()> {
        browser.headed(words).await?;
        browser
            .until("the heading has the focus", async || {
                let script = "return document.activeElement.textContent.trim()";
                Ok((browser.run(script, &[]).await? == words).then_some(()))
            })
            .await
    };
    let next = async |heading: &str| -> Result<()> {
        to(t("survey_next")).await?;
        browser.key(Key::Enter).await?;
        heading_has_focus(heading).await
    };
    to(t("survey_start")).await?;
    browser.key(Key::Enter).await?;
    heading_has_focus("What should stand in the square?").await?;
    to("answer").await?;
    browser.key(' ').await?;
    browser.key(Key::Down).await?;
    next("How you feel here").await?;
    to("answer-safe").await?;
    browser.key(' ').await?;
    to("answer-known").await?;
    browser.key(Key::Right).await?;
    to("answer-stay").await?;
    browser.key(' ').await?;
    next("When you use them").await?;
    to("answer-library").await?;
    browser.key(' ').await?;
    next("The council listens").await?;
    to("answer").await?;
    browser.key(' ').await?;
    next("When did you move here?").await?;
    to("answer").await?;
    browser.types("March").await?;
    to("answer-year").await?;
    browser.types("2019").await?;
    next("In which year were you born?").await?;
    to("answer").await?;
    browser.types("1951").await?;
    next("When should we open?").await?;
    to("answer-up-pm").await?;
    browser.key(Key::Enter).await?;
    next("How warm is your home?").await?;
    to("answer").await?;
    browser.key(Key::Home).await?;
    browser.key(Key::Right).await?;
    next("How good is the park?").await?;
    to("answer").await?;
    browser.key(' ').await?;
    browser.key(Key::Right).await?;
    next("Show us the place").await?;
    next("Tell us about it").await?;
    next("Have you a letter about it?").await?;
    next("Where is it?").await?;
    to("answer").await?;
    browser.types("51.4777, 0.3217").await?;
    next("You may use my answers").await?;
    to("answer").await?;
    browser.key(' ').await?;
    next(t("survey_check")).await?;
    let text = browser.text().await?;
    for answer in [
        "A tree",
        "March 2019",
        "1951",
        "Evening; Morning",
        "5",
        "51.4777 0.3217",
        t("survey_agree"),
    ] {
        assert!(text.contains(answer), "{answer} in {text}");
    }
    to(t("survey_send")).await?;
    browser.key(Key::Enter).await?;
    heading_has_focus(t("saved")).await
}

/// A file of this name with these bytes.
fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}

#[tokio::test]
async fn files_are_added_shown_removed_and_refused_where_they_are_too_large() -> Result<()> {
    let (server, browser) = stage().await?;
    let folder = TempDir::new()?;
    let survey = past_grid(&browser).await?;
    survey.skip_to("Show us the place").await?;
    let give = async |path: PathBuf| -> Result<()> {
        let field = browser.see(By::Id("answer")).await?;
        Ok(field.send_keys(path.to_str().context("a path in UTF-8")?).await?)
    };
    // No picture.
    give(file(&folder, "words.png", b"no picture at all")?).await?;
    browser.reads(t("survey_file_unread")).await?;
    // A screen is a picture as large as a camera's.
    let photo = folder.path().join("square.png");
    browser.resize(1_920, 1_080).await?;
    browser.picture(photo.clone()).await?;
    browser.resize(820, 1_180).await?;
    give(photo).await?;
    browser.reads("Added: square.png").await?;
    browser.see(By::Css("main img.ct-media__picture")).await?;
    for width in shots::WIDTHS {
        browser.resize(width, 1_080).await?;
        shots::take(&browser, "kinds-photo", width).await?;
    }
    survey.next().await?;
    give(file(&folder, "long.wav", &vec![0; 300_000])?).await?;
    browser.reads(t("survey_file_large")).await?;
    give(file(&folder, "tone.wav", &tone())?).await?;
    browser.reads("Added: tone.wav").await?;
    browser.press_button(t("survey_file_remove")).await?;
    browser
        .until("it is gone", async || {
            Ok((!browser.text().await?.contains("tone.wav")).then_some(()))
        })
        .await?;
    give(file(&folder, "tone.wav", &tone())?).await?;
    browser.reads("Added: tone.wav").await?;
    survey.next().await?;
    // A letter beside a picture: all together must fit into one response.
    give(file(&folder, "letter.pdf", &vec![b' '; 60_000])?).await?;
    browser.reads("Added: letter.pdf").await?;
    survey.skip_to(t("survey_check")).await?;
    survey.save().await?.received().await?;
    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/surveys/kinds.csv").await?;
    ensure!(table.column("photo")?[0].contains("square.png"), "{:?}", table.column("photo")?);
    Ok(())
}

/// On a slow tablet a picture takes a second to read. Until then nobody goes on without it; and once its page is left, or
/// another was chosen, it is nobody's.
#[tokio::test]
async fn a_picture_that_is_being_read_holds_its_page_up_and_reaches_no_other() -> Result<()> {
    let (_server, browser) = stage().await?;
    let folder = TempDir::new()?;
    let survey = past_grid(&browser).await?;
    survey.skip_to("Show us the place").await?;
    // What is transparent becomes white, for a JPEG has no other choice than that and black.
    let clear = folder.path().join("clear.png");
    std::fs::write(&clear, BASE64_STANDARD.decode(CLEAR)?)?;
    let field = browser.see(By::Id("answer")).await?;
    field.send_keys(clear.to_str().context("a path in UTF-8")?).await?;
    browser.reads("Added: clear.png").await?;
    let colour = r#"const [, data] = localStorage.getItem('survey-journal').match(/"data":"([^"]+)"/);
        const picture = new Image();
        picture.src = 'data:image/jpeg;base64,' + data;
        return picture.decode().then(() => {
            const pen = document.createElement('canvas').getContext('2d');
            pen.drawImage(picture, 0, 0);
            return [...pen.getImageData(0, 0, 1, 1).data];
        })"#;
    assert_eq!(browser.run(colour, &[]).await?, json!([255, 255, 255, 255]));
    browser.press_button(t("survey_file_remove")).await?;
    let hold = "window.held = [];
        const own = window.createImageBitmap.bind(window);
        window.createImageBitmap = (...given) => new Promise((go) => held.push(() => go(own(...given))))";
    browser.run(hold, &[]).await?;
    let choose = async |name: &str, count: u64| -> Result<()> {
        let photo = folder.path().join(name);
        browser.picture(photo.clone()).await?;
        let field = browser.see(By::Id("answer")).await?;
        field.send_keys(photo.to_str().context("a path in UTF-8")?).await?;
        let held =
            async || Ok((browser.run("return held.length", &[]).await? == count).then_some(()));
        browser.until("it is being read", held).await
    };
    let waits = "return [...document.querySelectorAll('main form .govuk-button-group button')].map(it => it.disabled)";
    choose("first.png", 1).await?;
    assert_eq!(browser.run(waits, &[]).await?, json!([true, true]));
    choose("second.png", 2).await?;
    browser.run("held[1]()", &[]).await?;
    browser.reads("Added: second.png").await?;
    assert_eq!(browser.run(waits, &[]).await?, json!([false, false]));
    browser.run("held[0]()", &[]).await?;
    survey.next().await?;
    survey.back().await?;
    browser.reads("Added: second.png").await?;

    browser.press_button(t("survey_file_remove")).await?;
    choose("third.png", 3).await?;
    survey.back().await?;
    browser.run("held[2]()", &[]).await?;
    survey.next().await?;
    ensure!(survey.question().await? == "Show us the place");
    assert_eq!(browser.run(waits, &[]).await?, json!([false, false]));
    ensure!(!browser.text().await?.contains("Added"), "it came after its page was left");

    choose("fourth.png", 4).await?;
    browser.run("held[3]()", &[]).await?;
    browser.reads("Added: fourth.png").await?;
    choose("fifth.png", 5).await?;
    browser.press_button(t("survey_file_remove")).await?;
    browser.run("held[4]()", &[]).await?;
    survey.next().await?;
    survey.back().await?;
    ensure!(!browser.text().await?.contains("Added"), "what was taken away came back as another");
    Ok(())
}

#[tokio::test]
async fn a_place_is_found_typed_or_not_to_be_had() -> Result<()> {
    let (_server, browser) = stage().await?;
    let survey = past_grid(&browser).await?;
    survey.skip_to("Where is it?").await?;
    let permit = async |setting: &str| -> Result<()> {
        let permission = json!({ "permission": { "name": "geolocation" }, "setting": setting });
        browser.cdp("Browser.setPermission", permission).await.map(drop)
    };
    permit("denied").await?;
    browser.press_button(t("survey_place_use")).await?;
    browser.reads(t("survey_place_denied")).await?;
    shots::take(&browser, "kinds-place-denied", 820).await?;
    permit("granted").await?;
    // Without coordinates the browser has no fix.
    browser.cdp("Emulation.setGeolocationOverride", json!({})).await?;
    browser.press_button(t("survey_place_use")).await?;
    browser.reads(t("survey_place_none")).await?;
    let here = json!({ "latitude": 51.4777, "longitude": 0.3217, "accuracy": 20 });
    browser.cdp("Emulation.setGeolocationOverride", here).await?;
    browser.press_button(t("survey_place_use")).await?;
    browser.reads(t("survey_place_taken")).await?;
    let value = "return document.getElementById('answer').value";
    let found = browser.run(value, &[]).await?;
    assert!(found.as_str().is_some_and(|it| it.starts_with("51.4777000 0.3217000")), "{found}");
    // As maps give it.
    survey.write("51.5, 0.25").await?;
    survey.next().await?.back().await?;
    assert_eq!(browser.run(value, &[]).await?, "51.5 0.25");
    survey.write("the bus stop").await?.press_next().await?;
    browser.see(By::Css(".govuk-error-summary")).await?;
    Ok(())
}
