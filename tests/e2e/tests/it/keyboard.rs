//! A survey is written and published by keyboard alone, and the focus is never lost.

use anyhow::{Result, bail, ensure};
use e2e::{
    Browser, Server, fill,
    pages::{Builder, Staff},
    t,
};
use thirtyfour::Key;

/// Somebody without a mouse.
struct Keys<'a>(&'a Browser);

impl Keys<'_> {
    /// What has the focus: the words of its label, of its link, of its button.
    async fn at(&self) -> Result<String> {
        let script = "const it = document.activeElement;
            const group = it.type === 'radio' && it.closest('fieldset')?.querySelector('legend');
            const words = group || it.labels?.[0] || it;
            return words === document.body ? 'body' : words.textContent.replace(/\\s+/g, ' ').trim()";
        Ok(self.0.run(script, &[]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Goes on with the tabulator until something with these words has the focus.
    async fn to(&self, words: &str) -> Result<&Self> {
        let mut seen = Vec::new();
        for _ in 0..120 {
            self.0.key(Key::Tab).await?;
            let at = self.at().await?;
            if at == words || at.starts_with(&format!("{words}:")) {
                return Ok(self);
            }
            seen.push(at);
        }
        bail!("no tabulator leads to \"{words}\": {seen:#?}");
    }

    /// Presses Enter on it and waits for the heading of the next screen, which has the focus then.
    async fn enter(&self, heading: &str) -> Result<&Self> {
        self.0.key(Key::Enter).await?;
        self.focus_on(heading).await
    }

    async fn focus_on(&self, words: &str) -> Result<&Self> {
        let what = format!("\"{words}\" has the focus");
        self.0.until(&what, async || Ok(self.at().await?.starts_with(words).then_some(()))).await?;
        Ok(self)
    }

    /// Adds a question of words, from the list and back to it.
    async fn add(&self, question: &str) -> Result<()> {
        let (add, list) = (t("staff_make_add"), t("staff_make_questions"));
        self.to(add).await?.enter(add).await?;
        self.to(t("staff_make_words")).await?.0.types(question).await?;
        self.to(t("staff_make_kind")).await?;
        for _ in 0..4 {
            self.0.key(Key::Down).await?;
        }
        self.to(t("staff_make_add_go")).await?.enter(question).await?;
        self.to(t("staff_make_done")).await?.enter(list).await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_survey_is_written_and_published_by_keyboard_alone() -> Result<()> {
    let server = Server::start().await?;
    let office = Browser::start(&server).await?;
    Staff::sign_in(&office, "/staff/surveys/new").await?;
    let keys = Keys(&office);
    let list = t("staff_make_questions");
    keys.to(t("staff_make_called")).await?.0.types("Bus stops").await?;
    office.key(Key::Enter).await?;
    office.see(e2e::browser::exactly("h2", list)).await?;
    ensure!(keys.at().await? != "body", "the focus is lost");
    keys.add("Which stop?").await?;
    keys.add("Why this one?").await?;

    // Moved, the question takes the focus along, and a screen reader is told where it is now.
    keys.to(&format!("{}: Why this one?", t("staff_make_up"))).await?;
    office.key(Key::Enter).await?;
    let moved = [("title", "Why this one?"), ("n", "1"), ("of", "2")];
    office.reads(&fill("staff_make_moved", &moved)).await?;
    keys.focus_on(&format!("{}: Why this one?", t("staff_make_down"))).await?;
    office.key(Key::Enter).await?;
    keys.focus_on(&format!("{}: Why this one?", t("staff_make_up"))).await?;
    let live =
        "return [...document.querySelectorAll('[role=status]')].map(it => it.textContent).join()";
    let told = office.run(live, &[]).await?;
    let moved = fill("staff_make_moved", &[("title", "Why this one?"), ("n", "2"), ("of", "2")]);
    ensure!(told.as_str().is_some_and(|it| it.contains(&moved)), "{told}");

    // Removed and brought back.
    keys.add("One too many?").await?;
    keys.to("One too many?").await?.enter("One too many?").await?;
    keys.to(t("staff_make_remove")).await?.enter(list).await?;
    office.reads(&fill("staff_make_removed", &[("title", "One too many?")])).await?;

    keys.to("Why this one?").await?.enter("Why this one?").await?;
    let heading = fill("staff_make_condition", &[("title", "Why this one?")]);
    keys.to(t("staff_make_relevant_change")).await?.enter(&heading).await?;
    keys.to(t("staff_make_test_add")).await?;
    office.key(Key::Enter).await?;
    keys.focus_on(t("staff_make_question")).await?;
    keys.to(t("staff_make_condition_keep")).await?.enter("Why this one?").await?;
    office.reads("${which_stop} != ''").await?;
    keys.to(t("staff_make_done")).await?.enter(list).await?;

    let about = t("staff_make_about");
    keys.to(about).await?.enter(about).await?;
    keys.to(t("staff_field_summary")).await?.0.types("Where buses stop.").await?;
    keys.to(t("staff_make_done")).await?.enter(list).await?;

    let languages = t("staff_make_languages");
    keys.to(languages).await?.enter(languages).await?;
    keys.to(t("staff_make_language_add")).await?.0.types("Pol").await?;
    keys.to(t("staff_make_language_add_go")).await?;
    office.key(Key::Enter).await?;
    office.reads(&fill("staff_make_language_added", &[("name", "Polish")])).await?;
    keys.focus_on(t("staff_make_language_add")).await?;
    keys.to(t("staff_make_back")).await?.enter(list).await?;

    let builder = Builder::at(&office);
    builder.saved().await?;
    let publish = t("staff_make_publish");
    keys.to(publish).await?.enter(publish).await?;
    keys.to(&fill("staff_make_publish_go", &[("n", "1")])).await?;
    office.key(Key::Enter).await?;
    office.reads(&fill("staff_make_published", &[("n", "1")])).await?;
    office
        .until("the news has the focus", async || {
            Ok((office.focused().await? == "published").then_some(()))
        })
        .await?;
    Ok(())
}
