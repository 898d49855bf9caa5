//! Staff read results: narrowed, compared, beside an earlier figure, and without what tells of a few.

use anyhow::{Context, Result, ensure};
use e2e::{Browser, Client, Server, axe, pages::Staff, t, wait};
use model::{Hash, SubmissionId, canonical::bytes_of, time::Millis};
use reqwest::Method;
use serde_json::{Value, json};
use thirtyfour::prelude::By;

const MADE_AT: i64 = 1_795_516_200_000;
const PAGE: &str = "/staff/surveys/living-together";

fn response(number: u8, venue: &str, satisfied: u8, get_on: &str, first: &str) -> Value {
    let record = json!({
        "id": SubmissionId::new(Millis(MADE_AT), [number; 10]), "made_at": MADE_AT,
        "venue": venue, "language": "en", "app": "0.1.0",
        "response": {"survey": "living-together", "version": 1, "partial": false, "answers": {
            "satisfied": {"one": satisfied.to_string()}, "get_on": {"one": get_on},
            "influence": {"one": "tend_to_agree"}, "belong": {"one": "very_strongly"},
            "lonely": {"one": "never"}, "area": {"one": "grays"}, "online": {"one": "daily"},
            "first_thing": {"one": first}, "age": {"one": (20 + number % 50).to_string()},
        }},
    });
    json!({"id": record["id"], "hash": Hash::of(&bytes_of(&record)), "record": record})
}

async fn told() -> Result<(Server, Client)> {
    let server = Server::start().await?;
    let client = Client::sign_in(&server).await?;
    let records: Vec<Value> = (0..90)
        .map(|n| {
            let venue = if n % 2 == 0 { "tilbury-library" } else { "grays-central-library" };
            let get_on = match n {
                0..40 => "definitely_agree",
                40..72 => "tend_to_agree",
                _ => "tend_to_disagree",
            };
            let first = match n % 3 {
                0 => "More benches in the park",
                1 => "Parking at night",
                _ => "Buses at night",
            };
            response(n, venue, if n % 4 < 2 { 8 } else { 6 }, get_on, first)
        })
        .collect();
    let answer = client.send(Method::POST, "/push", &json!({ "records": records })).await?;
    let refused = answer["verdicts"].as_array().into_iter().flatten();
    let refused: Vec<_> = refused.filter(|verdict| verdict["verdict"] != "received").collect();
    ensure!(refused.is_empty(), "{refused:?}");
    Ok((server, client))
}

#[tokio::test]
async fn results_are_narrowed_compared_and_taken_away() -> Result<()> {
    let (server, client) = told().await?;
    let browser = Browser::start(&server).await?;
    Staff::sign_in(&browser, PAGE).await?;
    browser.reads("90 people answered").await?;
    // The steps of the scale that nobody chose are hidden, and the page says so.
    browser.reads("Numbers of fewer than 10 people are hidden").await?;
    axe::check(&browser, "results").await?;
    let row = "//table[.//caption[contains(., 'satisfied')]]//tr[th[contains(., '0:')]]";
    let cells = browser.see(By::XPath(row)).await?.text().await?;
    ensure!(cells.contains(t("staff_result_hidden")), "{cells}");
    ensure!(browser.sees(By::Css(".ct-drawing svg")).await?, "a scale is drawn");
    // Nothing is new at the next look, which the server says in no words and the browser keeps nothing of.
    let again = "return performance.getEntriesByType('resource')
        .some(it => it.name.includes('/api/v1/results/') && it.responseStatus === 304)";
    browser
        .until_within("the page asks with the tag of what it shows", wait::LONG, async || {
            Ok((browser.run(again, &[]).await? == Value::Bool(true)).then_some(()))
        })
        .await?;
    browser.reads("90 people answered").await?;

    // Words: the most used are one touch away.
    browser.reads("Buses at night").await?;
    browser.press_button("benches (30)").await?;
    browser.reads("30 of 90 answers shown").await?;
    browser.press_button("benches (30)").await?;
    // A word that is pressed is that word, and what is typed is found inside others, too.
    browser.press_button("park (30)").await?;
    browser.reads("30 of 90 answers shown").await?;
    browser.press_button("park (30)").await?;
    let type_word = "const it = document.querySelector('[id^=search-first_thing]');
        it.value = 'park';
        it.dispatchEvent(new Event('input', { bubbles: true }))";
    browser.run(type_word, &[]).await?;
    browser.press_button(t("show_more")).await?;
    browser.reads("60 of 90 answers shown").await?;

    browser.choose(t("filter_venue"), "Tilbury Library").await?;
    browser.reads("45 people answered").await?;
    browser.open_page(PAGE).await?;
    browser.reads("90 people answered").await?;
    browser.choose(t("staff_result_by"), t("filter_venue")).await?;
    let group = By::XPath("//th[@scope='col'][contains(., 'Tilbury Library')]");
    browser.see(group).await?;

    // A figure from elsewhere, with its source.
    let question = "//section[h3[@id='question-get_on']]";
    browser.press(By::XPath(format!("{question}//summary"))).await?;
    for (id, text) in [("percent", "54"), ("source", "Place Survey 2008")] {
        let script = "const it = document.getElementById(arguments[0]);
            it.value = arguments[1];
            it.dispatchEvent(new Event('input', { bubbles: true }))";
        let id = format!("baseline-{id}-get_on");
        browser.run(script, &[id.into(), text.into()]).await?;
    }
    for value in ["definitely_agree", "tend_to_agree"] {
        browser.press(By::Css(format!("label[for='baseline-get_on-{value}']"))).await?;
    }
    let save = format!("{question}//details//button");
    browser.press(By::XPath(save)).await?;
    browser.reads("54% before: Place Survey 2008").await?;
    // The results came anew with it, and the form keeps its place.
    let saved = format!("{question}//details[@open]//p[contains(., '{}')]", t("staff_saved"));
    browser.see(By::XPath(saved)).await?;
    browser.reads("80% now").await?;

    // The question that people are compared by has no groups itself.
    browser.open_page(&format!("{PAGE}?by=get_on")).await?;
    browser.reads("90 people answered").await?;
    axe::check(&browser, "groups of results").await?;
    let groups = |path: &str| {
        By::XPath(format!(
            "//section[h3[@id='question-{path}']]//th[.='{}']",
            t("staff_result_groups_all")
        ))
    };
    browser.see(groups("satisfied")).await?;
    ensure!(!browser.sees(groups("get_on")).await?);

    // The files hold whom the page shows, in the layout that is chosen.
    browser
        .press(By::XPath(format!("//summary[contains(., '{}')]", t("staff_result_files"))))
        .await?;
    let table = async |ending: &str| -> Result<String> {
        let link = By::Css(format!("a.ct-export[download='living-together.{ending}']"));
        let address = browser.see(link).await?.attr("href").await?.context("an address")?;
        let path = address.split_once("/api/v1").context("of the API")?.1.to_owned();
        Ok(String::from_utf8_lossy(&client.bytes(&path).await?).into_owned())
    };
    let kobo = table("csv").await?;
    ensure!(kobo.lines().count() == 91 && kobo.contains(",_submission_time,"), "{kobo}");
    browser.choose(t("staff_result_layout"), t("staff_result_layout_odk")).await?;
    let odk = table("csv").await?;
    ensure!(odk.lines().count() == 91, "{odk}");
    ensure!(odk.starts_with("\u{feff}SubmissionDate,") && odk.contains(",KEY,"), "{odk}");
    browser.choose(t("filter_venue"), "Tilbury Library").await?;
    browser.reads("45 people answered").await?;
    ensure!(table("csv").await?.lines().count() == 46, "narrowed like the page");
    browser.choose(t("staff_result_layout"), t("staff_result_layout_kobo")).await?;
    ensure!(table("json").await?.contains("\"_submission_time\""), "back in the other layout");
    for ending in ["xlsx", "zip"] {
        let bytes = client.bytes(&format!("/export/surveys/living-together.{ending}")).await?;
        ensure!(bytes.starts_with(b"PK"), "{ending}");
    }
    for (name, width) in [("390", 390), ("820", 820), ("1920", 1920)] {
        browser.resize(width, 1000).await?;
        let script = "return document.documentElement.scrollWidth <= window.innerWidth";
        ensure!(
            browser.run(script, &[]).await? == Value::Bool(true),
            "{name}: it scrolls sideways"
        );
        if let Ok(folder) = std::env::var("TOGETHER_RESULT_SHOTS") {
            browser.picture(format!("{folder}/results-{name}.png").into()).await?;
        }
    }
    Ok(())
}
