//! A browser with a profile of its own, that can be killed and started again on it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver, WebElement, prelude::By};
use tokio::{
    process::{Child, Command},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::{process, server::Server, setup::Setup, wait, words::t};

/// How many browsers run at a time; more would make each too slow for its deadlines.
const BROWSERS: usize = 2;

static PLACES: std::sync::LazyLock<Arc<Semaphore>> =
    std::sync::LazyLock::new(|| Arc::new(Semaphore::new(BROWSERS)));

/// What a browser is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The width and height of the page, CSS pixels.
    pub size: (u32, u32),
    /// The time zone it believes to be in.
    pub zone: &'static str,
    /// What it may start with beside what every browser here does.
    pub flags: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { size: (820, 1180), zone: "Europe/London", flags: Vec::new() }
    }
}

impl Options {
    /// A browser whose page has this width.
    pub fn wide(width: u32) -> Self {
        Self { size: (width, if width < 500 { 844 } else { 1080 }), ..Self::default() }
    }
}

/// A browser, its driver, and its profile in a folder of its own.
pub struct Browser {
    options: Options,
    setup: Setup,
    profile: TempDir,
    downloads: TempDir,
    base: String,
    running: Option<Running>,
    /// Others wait for it.
    _place: OwnedSemaphorePermit,
}

struct Running {
    web: WebDriver,
    driver: Child,
}

impl Browser {
    /// Starts a browser whose addresses are those of `server`.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start(server: &Server) -> Result<Self> {
        Self::start_with(server, Options::default()).await
    }

    /// As [`Browser::start`], with options.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_with(server: &Server, options: Options) -> Result<Self> {
        Self::start_at(server.url(""), options).await
    }

    /// A browser whose addresses begin with `base`, like `http://127.0.0.1:8080`: for what stands
    /// before a server, as a proxy does.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_at(base: String, options: Options) -> Result<Self> {
        let place = Arc::clone(&PLACES).acquire_owned().await?;
        Self::open(base, options, place).await
    }

    /// Two browsers at once, for two people. Taking one after the other could leave several
    /// tests waiting for each other's second.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_two(server: &Server) -> Result<(Self, Self)> {
        let mut places = Arc::clone(&PLACES).acquire_many_owned(2).await?;
        let second = places.split(1).context("two places were taken")?;
        let one = Self::open(server.url(""), Options::default(), places).await?;
        let two = Self::open(server.url(""), Options::default(), second).await?;
        Ok((one, two))
    }

    async fn open(base: String, options: Options, place: OwnedSemaphorePermit) -> Result<Self> {
        let mut browser = Self {
            options,
            setup: Setup::read()?,
            profile: TempDir::with_prefix("together-profile-")?,
            downloads: TempDir::with_prefix("together-downloads-")?,
            base,
            running: None,
            _place: place,
        };
        browser.start_again().await?;
        Ok(browser)
    }

    /// Starts it again on the same profile.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start_again(&mut self) -> Result<()> {
        let address = process::free_address()?;
        let mut driver = Command::new(&self.setup.driver);
        driver
            .arg(format!("--port={}", address.port()))
            .env("TZ", self.options.zone)
            .env("LANGUAGE", "en_GB")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let driver =
            driver.spawn().with_context(|| format!("starting {}", self.setup.driver.display()))?;
        let url = format!("http://{address}");
        let http = reqwest::Client::new();
        wait::until("the driver is ready", wait::LONG, async || {
            let status = http.get(format!("{url}/status")).send().await;
            Ok(status.ok().filter(|status| status.status().is_success()))
        })
        .await?;
        let web = WebDriver::builder(&url, self.capabilities()?)
            .request_timeout(Duration::from_secs(120))
            .connect()
            .await
            .context("starting Chromium")?;
        // Filling a browser's storage takes a slow disk longer than the usual half minute.
        web.set_script_timeout(Duration::from_secs(100)).await?;
        self.running = Some(Running { web, driver });
        let (width, height) = self.options.size;
        self.resize(width, height).await
    }

    /// Gives the page another size, CSS pixels.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
    }

    fn capabilities(&self) -> Result<Capabilities> {
        let (width, height) = self.options.size;
        let mut flags: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            // Two at a time: the one behind must not be slowed down or put to sleep.
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            "--lang=en-GB",
            "--hide-scrollbars",
        ]
        .map(str::to_owned)
        .to_vec();
        flags.push(format!("--window-size={width},{height}"));
        flags.push(self.profile_flag());
        flags.extend(self.options.flags.iter().cloned());
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": self.setup.chromium,
                "args": flags,
                "prefs": {
                    "download.default_directory": self.downloads.path(),
                    "download.prompt_for_download": false,
                },
            },
            "goog:loggingPrefs": { "browser": "ALL" },
            // A form asks before it is left; a test answers that itself.
            "unhandledPromptBehavior": "accept",
        });
        serde_json::from_value(capabilities).context("the capabilities are an object")
    }

    fn profile_flag(&self) -> String {
        format!("--user-data-dir={}", self.profile.path().display())
    }

    /// Kills the browser as a dead battery does: `SIGKILL`, with no chance to write anything.
    ///
    /// # Errors
    /// If its process is not found or does not go.
    pub async fn kill(&mut self) -> Result<()> {
        let flag = self.profile_flag();
        // The browser itself is the one process of its profile without a type.
        let is_child =
            |found: &process::Found| found.arguments.iter().any(|it| it.starts_with("--type="));
        let browser = process::with_argument(&flag)?;
        let browser = browser.iter().find(|found| !is_child(found)).context("no browser runs")?;
        process::signal(browser.pid, Signal::KILL);
        wait::until("the killed browser is gone", wait::LONG, async || {
            Ok((!process::runs(browser.pid)).then_some(()))
        })
        .await?;
        self.end();
        Ok(())
    }

    /// Closes it as people do.
    ///
    /// # Errors
    /// If it does not close.
    pub async fn close(&mut self) -> Result<()> {
        if let Some(running) = &self.running {
            let _ = running.web.clone().quit().await;
        }
        self.end();
        Ok(())
    }

    /// Ends the driver and whatever of the browser is left.
    fn end(&mut self) {
        let Some(Running { web, mut driver }) = self.running.take() else { return };
        // Or it would ask a driver that is gone to close the session.
        web.leak().ok();
        for found in process::with_argument(&self.profile_flag()).unwrap_or_default() {
            process::signal(found.pid, Signal::KILL);
        }
        driver.start_kill().ok();
    }

    /// The driver's client, for what this type does not offer.
    ///
    /// # Errors
    /// If the browser does not run.
    pub fn web(&self) -> Result<&WebDriver> {
        self.running.as_ref().map(|it| &it.web).context("the browser does not run")
    }

    /// The folder that holds what this browser keeps.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// Where this browser puts its downloads.
    pub fn downloads(&self) -> &Path {
        self.downloads.path()
    }

    /// Sends a command of the DevTools protocol.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn cdp(&self, method: &str, parameters: Value) -> Result<Value> {
        let answer = self.web()?.cdp().send_raw(method, parameters).await;
        answer.with_context(|| method.to_owned())
    }

    /// Loads a path of the app anew, and waits until it has a heading.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn open_page(&self, path: &str) -> Result<()> {
        self.web()?.goto(self.address(path)).await?;
        self.see(By::Css("main h1")).await.map(drop)
    }

    /// The full address of a path of the app.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Loads the page anew, and waits until it has a heading.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn reload(&self) -> Result<()> {
        self.web()?.refresh().await?;
        self.see(By::Css("main h1")).await.map(drop)
    }

    /// The path and the query that the address bar shows.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn path(&self) -> Result<String> {
        let url = self.web()?.current_url().await?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Ok(format!("{}{query}", url.path()))
    }

    /// Runs a script and gives what it returns.
    ///
    /// # Errors
    /// If it throws.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let result = self.web()?.execute(script, arguments.to_vec()).await;
        Ok(result.with_context(|| script.to_owned())?.json().clone())
    }

    /// Runs the body of an async function and gives what it resolves to.
    ///
    /// # Errors
    /// If it rejects.
    pub async fn run_async(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async (...args) => {{ {body} }})(...arguments).then(
               (value) => done({{ value: value ?? null }}),
               (error) => done({{ error: String(error?.stack ?? error) }}));"
        );
        let result = self.web()?.execute_async(script, arguments.to_vec()).await?;
        match result.json().get("error") {
            Some(error) => Err(anyhow!("{error}")).context(body.to_owned()),
            None => Ok(result.json()["value"].clone()),
        }
    }

    /// Waits until something is true of the page.
    ///
    /// # Errors
    /// If it does not become true in time; what the page showed is in the message.
    pub async fn until<T>(
        &self,
        what: &str,
        look: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        self.until_within(what, wait::SHORT, look).await
    }

    /// As [`Browser::until`], with a deadline of its own.
    ///
    /// # Errors
    /// As [`Browser::until`].
    pub async fn until_within<T>(
        &self,
        what: &str,
        limit: Duration,
        look: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        match wait::until(what, limit, look).await {
            Ok(found) => Ok(found),
            Err(error) => Err(error.context(self.sight().await)),
        }
    }

    /// Waits for an element that can be seen.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn see(&self, by: By) -> Result<WebElement> {
        let web = self.web()?;
        self.until(&format!("{by:?} can be seen"), async || {
            for element in web.find_all(by.clone()).await.unwrap_or_default() {
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Whether there is such an element that can be seen right now.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn sees(&self, by: By) -> Result<bool> {
        for element in self.web()?.find_all(by).await? {
            if element.is_displayed().await.unwrap_or(false) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Presses an element as soon as it can be pressed.
    ///
    /// # Errors
    /// If it cannot in time.
    pub async fn press(&self, by: By) -> Result<()> {
        let web = self.web()?;
        let mut last = None;
        let pressed = self
            .until(&format!("{by:?} can be pressed"), async || {
                for element in web.find_all(by.clone()).await.unwrap_or_default() {
                    if !element.is_enabled().await.unwrap_or(false) {
                        continue;
                    }
                    element.scroll_into_view().await.ok();
                    match element.click().await {
                        Ok(()) => return Ok(Some(())),
                        Err(error) => {
                            last = error.to_string().lines().next().map(str::to_owned);
                        }
                    }
                }
                Ok(None)
            })
            .await;
        pressed.map_err(|error| error.context(last.unwrap_or_default()))
    }

    /// Presses the button whose words begin so.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn press_button(&self, words: &str) -> Result<()> {
        self.press(beginning("button", words)).await
    }

    /// Presses the link with these words.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn press_link(&self, words: &str) -> Result<()> {
        self.press(exactly("a", words)).await
    }

    /// Presses the box, chip or face with these words: its label, or where the box lies over
    /// the label, the box.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn tick(&self, words: &str) -> Result<()> {
        let of_label = format!("//*[@id=//label[{}]/@for]", is(words));
        let by = By::XPath(format!("//label[{}] | {of_label}", is(words)));
        self.press(by).await
    }

    /// Writes into the field of this label, in place of what is there.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn write(&self, label: &str, text: &str) -> Result<()> {
        let label = self.see(exactly("label", label)).await?;
        let field = label.attr("for").await?.context("the label is for nothing")?;
        let field = self.see(By::Id(field)).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Chooses the option with these words in the list of this label.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn choose(&self, label: &str, option: &str) -> Result<()> {
        let list = self.see(exactly("label", label)).await?;
        let list = list.attr("for").await?.context("the label is for nothing")?;
        let option = format!("//select[@id={}]/option[{}]", quoted(&list), is(option));
        self.press(By::XPath(option)).await
    }

    /// What the page's heading says.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn heading(&self) -> Result<String> {
        let web = self.web()?;
        self.until("the page has a heading", async || {
            let Ok(heading) = web.find(By::Css("main h1")).await else { return Ok(None) };
            Ok(heading.text().await.ok().filter(|text| !text.is_empty()))
        })
        .await
    }

    /// Waits for the page with this heading.
    ///
    /// # Errors
    /// If it does not come in time.
    pub async fn headed(&self, heading: &str) -> Result<()> {
        self.see(exactly("h1", heading)).await.map(drop)
    }

    /// The text of the whole page as it is seen.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn text(&self) -> Result<String> {
        Ok(self.run("return document.body.innerText", &[]).await?.as_str().unwrap_or("").to_owned())
    }

    /// Waits until the page shows these words somewhere.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn reads(&self, words: &str) -> Result<()> {
        self.until(&format!("the page says {words:?}"), async || {
            Ok(self.text().await?.contains(words).then_some(()))
        })
        .await
    }

    /// What has the focus: the element's id, or its name and its words.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn focused(&self) -> Result<String> {
        let script = "const it = document.activeElement;
            return it.id || it.tagName.toLowerCase() + ' ' + it.textContent.trim().slice(0, 60)";
        Ok(self.run(script, &[]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the element of this id has the focus: pages give it with the next frame.
    ///
    /// # Errors
    /// If it has not got it in time.
    pub async fn focuses(&self, id: &str) -> Result<()> {
        self.until(&format!("the focus is on {id}"), async || {
            Ok((self.focused().await? == id).then_some(()))
        })
        .await
    }

    /// Presses a key, whatever has the focus.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn key(&self, key: impl Into<char>) -> Result<()> {
        self.types(&key.into().to_string()).await
    }

    /// Types, whatever has the focus.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn types(&self, text: &str) -> Result<()> {
        let web = self.web()?;
        let at_once = Some(Duration::ZERO);
        Ok(web.action_chain_with_delay(at_once, at_once).send_keys(text).perform().await?)
    }

    /// Waits until the app may be used without a network: its worker serves this page, and the
    /// whole catalogue is stored.
    ///
    /// # Errors
    /// If it does not come to that in time.
    pub async fn ready_for_offline(&self) -> Result<()> {
        self.open_page("/tablet").await?;
        let script = "return navigator.serviceWorker.controller?.state === 'activated'";
        self.until_within("the worker serves the page", wait::LONG, async || {
            Ok((self.run(script, &[]).await? == true).then_some(()))
        })
        .await?;
        self.until_within("the worker keeps the program of surveys", wait::LONG, async || {
            let script = "return Boolean(await caches.match('/survey_bg.wasm'))";
            Ok((self.run_async(script, &[]).await? == true).then_some(()))
        })
        .await?;
        self.connected().await
    }

    /// Waits on the page of the tablet until a whole sync has gone through.
    ///
    /// # Errors
    /// If none does in time.
    pub async fn connected(&self) -> Result<()> {
        self.until_within("the tablet has connected", wait::LONG, async || {
            let facts = self.text().await?;
            let never = format!("{}\n{}", t("tablet_last_sync"), t("tablet_never"));
            Ok((facts.contains(t("tablet_last_sync")) && !facts.contains(&never)).then_some(()))
        })
        .await
    }

    /// What the browser's console has said since the last question, errors and warnings alone.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.web()?.browser_log().await?;
        let grave = |level: &str| matches!(level, "SEVERE" | "WARNING");
        Ok(log.into_iter().filter(|it| grave(&it.level)).map(|it| it.message).collect())
    }

    /// A picture of the whole page.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn picture(&self, file: PathBuf) -> Result<()> {
        let web = self.web()?;
        let picture = web.screenshot_as_png().await?;
        std::fs::write(&file, picture).with_context(|| format!("writing {}", file.display()))
    }

    /// What is on the screen, for the message of a failure.
    async fn sight(&self) -> String {
        let path = self.path().await.unwrap_or_else(|error| error.to_string());
        let text = self.text().await.unwrap_or_else(|error| error.to_string());
        let log = self.complaints().await.unwrap_or_default().join("\n");
        let short: String = text.chars().take(4_000).collect();
        format!("at {path}\n--- seen:\n{short}\n--- console:\n{log}\n---")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.end();
    }
}

/// Elements of this name with exactly these words, hidden words of buttons included.
pub fn exactly(element: &str, words: &str) -> By {
    By::XPath(format!("//{element}[{}]", is(words)))
}

/// Elements of this name whose words begin so.
pub fn beginning(element: &str, words: &str) -> By {
    By::XPath(format!("//{element}[starts-with(normalize-space(.), {})]", quoted(words)))
}

fn is(words: &str) -> String {
    format!("normalize-space(.)={}", quoted(words))
}

/// A text within an XPath, which knows no escapes.
fn quoted(text: &str) -> String {
    if text.contains('"') {
        let parts: Vec<_> = text.split('"').map(|part| format!("\"{part}\"")).collect();
        format!("concat({})", parts.join(", '\"', "))
    } else {
        format!("\"{text}\"")
    }
}
