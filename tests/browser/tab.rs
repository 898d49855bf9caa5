//! A second tab: a page of the same site in a window of its own, with its own memory, its own connections and its own
//! place among those who wait for a lock. The driver opens and closes it (`tests/engines`); a test and its tab talk
//! over a channel that nobody else listens to.

use futures::{StreamExt as _, channel::mpsc};
use gloo::events::EventListener;
use wasm_bindgen::{JsCast as _, prelude::wasm_bindgen};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::{fresh, tabs, upgrade};

/// A second tab that does one task.
pub struct Tab(Channel);

impl Tab {
    /// Opens one, and waits until it is ready to do `task`, one of those in [`tab`]. The words are what the task needs
    /// to know, without spaces.
    pub async fn open(task: &str, words: &[&str]) -> Self {
        let name = fresh("tab");
        let mut tab = Self(Channel::of(name));
        let about = [&[name, task], words].concat().join(" ");
        let address = format!("/tab.html?{}", String::from(js_sys::encode_uri_component(&about)));
        wish(&address);
        assert_eq!(tab.0.hear().await, "ready");
        tab
    }

    /// Tells it something.
    pub fn say(&self, words: &str) {
        self.0.say(words);
    }

    /// Waits for what it says next.
    pub async fn hear(&mut self) -> String {
        self.0.hear().await
    }

    /// Has it closed, as people do: whatever it was doing, it does not finish it. This does not wait until it is gone.
    pub fn close(self) {
        wish("");
    }
}

/// Where the driver looks for what it is to do.
fn wish(address: &str) {
    let body = gloo::utils::body();
    body.set_attribute("data-tab", address).unwrap();
}

/// One end of the line between a test and its tab.
pub struct Channel {
    channel: BroadcastChannel,
    heard: mpsc::UnboundedReceiver<String>,
    _listener: EventListener,
}

impl Channel {
    fn of(name: &str) -> Self {
        let channel = BroadcastChannel::new(name).unwrap();
        let (to, heard) = mpsc::unbounded();
        let listener = EventListener::new(&channel, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            to.unbounded_send(event.data().as_string().unwrap()).ok();
        });
        Self { channel, heard, _listener: listener }
    }

    /// Tells the other end something.
    pub fn say(&self, words: &str) {
        self.channel.post_message(&words.into()).unwrap();
    }

    /// Waits for what the other end says next.
    pub async fn hear(&mut self) -> String {
        let words = self.heard.next().await.unwrap();
        assert!(!words.starts_with("failed"), "the second tab {words}");
        words
    }
}

/// What a second tab does; `tab.js` calls it with what [`Tab::open`] was told.
#[wasm_bindgen]
pub async fn tab(about: String) {
    let words: Vec<&'static str> = about.leak().split(' ').collect();
    let (name, task, words) = (words[0], words[1], &words[2..]);
    std::panic::set_hook(Box::new(|panic| {
        BroadcastChannel::new(name)
            .unwrap()
            .post_message(&format!("failed: {panic}").into())
            .unwrap();
    }));
    let channel = Channel::of(name);
    match task {
        "sync" => tabs::sync_here(channel, words).await,
        "sync-in-turn" => tabs::sync_here_in_turn(channel, words).await,
        "hold" => tabs::hold(channel, words).await,
        "old-app" => upgrade::old_app(channel, words).await,
        _ => panic!("there is no task {task}"),
    }
}
