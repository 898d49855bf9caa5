//! Our survey engine beside ODK's, on the same long forms, in the same browser made four times slower.

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use odk::{form::Form, generate, steps, xform};
use reqwest::Method;
use serde_json::{Value, json};
use thirtyfour::prelude::By;

use super::{
    Report,
    report::{median, round},
};
use crate::{Browser, Client, Server, t};

/// Fresh pages of each engine with each form.
const RUNS: usize = 7;
/// How many times slower the browser is made: a tablet of the cheaper kind.
const SLOWDOWN: f64 = 4.0;
/// The first page may take so many milliseconds.
const FIRST_MS: f64 = 300.0;
/// What follows an answer may take so many milliseconds, in 95 of 100 answers: one frame.
const ANSWER_MS: f64 = 16.0;
/// Our engine's bytes may be this part of ODK's.
const SHARE: f64 = 0.25;

/// Measures.
///
/// # Errors
/// If what is measured is not built, or an engine fails.
pub async fn measure(report: &mut Report) -> Result<()> {
    let folder = env::var_os("TOGETHER_SURVEYS")
        .map(PathBuf::from)
        .context("TOGETHER_SURVEYS is not set: run `cargo xtask bench surveys`")?;
    let forms = [
        Form::made("questions", &generate::questions(7))?,
        Form::made("cascade", &generate::cascade())?,
    ];
    for form in &forms {
        let file = folder.join("pkg").join(format!("{}.json", form.name));
        fs::write(&file, json_of(form)?.to_string())
            .with_context(|| format!("writing {}", file.display()))?;
    }
    let mut part = serde_json::Map::new();
    for form in &forms {
        let drawn = drawn(form).await?;
        let sides = side_by_side(&folder, form).await?;
        let (ours, theirs) = (&sides["ours"], &sides["odk"]);
        let name = form.name.as_str();
        report.line(format!("{name}: first page, our app, drawn"), ms(drawn));
        report.budget(&format!("{name}_first_drawn"), drawn, FIRST_MS, "ms");
        for (what, middle) in [
            ("code ready", "code_ms"),
            ("first page", "first_ms"),
            ("answer p50", "answer_p50_ms"),
            ("answer p95", "answer_p95_ms"),
        ] {
            report.line(format!("{name}: {what}, our engine"), ms(ours[middle]));
            report.line(format!("{name}: {what}, ODK's engine"), ms(theirs[middle]));
        }
        report.budget(&format!("{name}_answer_p95"), ours["answer_p95_ms"], ANSWER_MS, "ms");
        for (what, middle) in [("first", "first_ms"), ("answer", "answer_p95_ms")] {
            report.budget(&format!("{name}_{what}_beside_odk"), ours[middle], theirs[middle], "ms");
        }
        part.insert(name.to_owned(), json!({ "drawn_ms": drawn, "ours": ours, "odk": theirs }));
    }
    let bytes: BTreeMap<String, u64> =
        serde_json::from_slice(&fs::read(folder.join("pkg/bytes.json"))?)?;
    let size = |name: &str| bytes.get(name).copied().unwrap_or_default() as f64;
    for (name, what) in [
        ("ours", "Our engine"),
        ("odk", "ODK's engine"),
        ("program", "Our whole program of surveys, screens and all"),
    ] {
        report.line(format!("{what}, brotli"), format!("{:.1} kB", size(name) / 1_000.0));
    }
    report.budget("bytes_beside_odk", size("ours"), size("odk") * SHARE, "bytes");
    part.insert("bytes".to_owned(), json!(bytes));
    report.part("surveys", part.into());
    Ok(())
}

fn ms(value: f64) -> String {
    format!("{value:.1} ms")
}

/// What the page needs: the form for both, and the answers of one way through it.
fn json_of(form: &Form) -> Result<Value> {
    let (first, steps) = steps::of(form)?;
    Ok(json!({
        "definition": form.value.to_string(), "xml": xform::write(&form.definition),
        "first": first, "steps": steps,
    }))
}

/// The medians of both engines, by what was measured.
async fn side_by_side(
    folder: &std::path::Path,
    form: &Form,
) -> Result<BTreeMap<&'static str, BTreeMap<&'static str, f64>>> {
    let app = folder.to_owned();
    let server = Server::start_with(|setup| setup.app = app).await?;
    let browser = Browser::start(&server).await?;
    browser.web()?.set_script_timeout(std::time::Duration::from_secs(300)).await?;
    browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWDOWN })).await?;
    let mut all: BTreeMap<&str, BTreeMap<&str, Vec<f64>>> = BTreeMap::new();
    let mut seen = None;
    // In turn, so that both meet the same machine.
    for _ in 0..RUNS {
        for side in ["ours", "odk"] {
            let path = format!("/?side={side}&form={}", form.name);
            browser.web()?.goto(browser.address(&path)).await?;
            let found = browser.run_async("return await window.__bench", &[]).await?;
            let same = (found["shown"].clone(), found["seen"].clone());
            let before = seen.get_or_insert_with(|| same.clone());
            ensure!(*before == same, "{side} does not show what the other shows: {same:?}");
            let times = found["answers_ms"].as_array().context("no answers were given")?;
            let mut times: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
            times.sort_by(f64::total_cmp);
            let at = |share: f64| {
                let last = times.len().saturating_sub(1) as f64;
                times.get((last * share).ceil() as usize).copied().unwrap_or(f64::NAN)
            };
            let number = |name: &str| found[name].as_f64().unwrap_or(f64::NAN);
            let own = all.entry(side).or_default();
            own.entry("code_ms").or_default().push(number("code_ms"));
            own.entry("first_ms").or_default().push(number("first_ms"));
            own.entry("answer_p50_ms").or_default().push(at(0.5));
            own.entry("answer_p95_ms").or_default().push(at(0.95));
        }
    }
    let medians = |own: BTreeMap<&'static str, Vec<f64>>| {
        own.into_iter().map(|(name, times)| (name, round(median(times)))).collect()
    };
    Ok(all.into_iter().map(|(side, own)| (side, medians(own))).collect())
}

/// From "Start" pressed to the first question drawn, in the app: the definition read, the answers begun, the page made.
async fn drawn(form: &Form) -> Result<f64> {
    let server = Server::start().await?;
    publish(&server, form).await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let note = "
        addEventListener('click', () => {
          const start = performance.now();
          const look = () => {
            if (!document.querySelector('#progress')) return;
            observer.disconnect();
            // The frame that shows it has been made when the next task runs.
            requestAnimationFrame(() => setTimeout(() => { window.__drawn = performance.now() - start }));
          };
          const observer = new MutationObserver(look);
          observer.observe(document, { childList: true, subtree: true });
        }, { capture: true, once: true });";
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": note })).await?;
    browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWDOWN })).await?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        browser.run("localStorage.removeItem('survey-journal')", &[]).await?;
        browser.open_page(&format!("/surveys/{}", form.name)).await?;
        browser.press_button(t("survey_start")).await?;
        browser.see(By::Css("main form")).await?;
        let time = browser
            .until("the first question to be drawn", async || {
                Ok(browser.run("return window.__drawn ?? null", &[]).await?.as_f64())
            })
            .await?;
        times.push(time);
    }
    Ok(round(median(times)))
}

async fn publish(server: &Server, form: &Form) -> Result<()> {
    let name = &form.name;
    let survey = json!({
        "title": { "en": name }, "summary": { "en": "A long one." }, "outcome": { "en": "" },
        "minutes": 9, "state": "open", "version": 1,
    });
    let version = json!({ "survey": name, "version": 1, "definition": form.value });
    let edit = |n: u8, collection: &str, id: &str, fields: Value| {
        json!({ "edit": format!("0198c0de-0000-4000-8000-00000000020{n}"),
                "collection": collection, "id": id, "base_rev": 0, "fields": fields })
    };
    let edits =
        [edit(0, "survey_version", &format!("{name}.1"), version), edit(1, "survey", name, survey)];
    let staff = Client::sign_in(server).await?;
    let answer = staff.send(Method::POST, "/edits", &json!({ "edits": edits })).await?;
    for result in answer["results"].as_array().into_iter().flatten() {
        ensure!(result["result"] == "merged", "{answer}");
    }
    Ok(())
}
