//! The only door from pages to data: commands, and queries that stay up to date.
//!
//! **Invariant:** pages never read a network response. What comes from the server goes through
//! the catalogue or, for staff, through [`staff`], and reaches the screen as a signal.

pub mod catalogue;
pub mod drafts;
pub mod journal;
pub mod outbox;
pub mod shortlist;
pub mod staff;
pub mod tablet;

use std::rc::Rc;

use leptos::prelude::*;
use sync::{Catalogue as _, Outbox as _, Overview, StorageError};
use wasm_bindgen_futures::spawn_local;

use crate::{
    idb::{IdbCatalogue, IdbOutbox},
    locale,
    net::Gateway,
    platform::persistence,
};
use catalogue::CatalogueView;

/// Whether the tablet's storage can be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Ready {
    /// It is being opened.
    Opening,
    /// It works.
    Open,
    /// It does not: nothing can be saved, and that is said before anyone types.
    Failed(StorageError),
}

/// The two databases and the network.
pub struct Parts {
    /// What people told, until the server has it.
    pub outbox: IdbOutbox,
    /// What the server published.
    pub catalogue: IdbCatalogue,
    /// The way to the server.
    pub gateway: Gateway,
}

/// The handle that pages hold. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Store {
    parts: StoredValue<Rc<Parts>, LocalStorage>,
    /// Whether the storage works.
    pub ready: RwSignal<Ready>,
    /// What stands in the outbox.
    pub overview: RwSignal<Overview>,
    /// The published content.
    pub catalogue: RwSignal<CatalogueView>,
    /// The venue this tablet stands in, and what else it was told about itself.
    pub tablet: RwSignal<tablet::Tablet>,
    /// The listings a peer has put aside for somebody.
    pub shortlist: RwSignal<Vec<model::Key>>,
    /// What somebody searches for. Not in the address: that would stay in the browser's history.
    pub query: RwSignal<String>,
    /// Who is signed in, if anybody.
    pub session: RwSignal<staff::SessionState>,
    /// Raised to make the sync loop run now.
    pub nudge: RwSignal<u32>,
}

impl Store {
    /// Whether the first content is still to come; tracked. A page that lists it has nothing true to say before.
    pub fn awaits_content(&self) -> bool {
        self.ready.get() == Ready::Open
            && self.catalogue.with(CatalogueView::is_empty)
            && self.tablet.with(|tablet| tablet.last_sync.is_none())
    }

    /// Opens the databases in the background and puts the store into the context.
    pub fn provide() -> Self {
        let parts = Parts {
            outbox: IdbOutbox::new("outbox"),
            catalogue: IdbCatalogue::new("catalogue"),
            gateway: Gateway,
        };
        let store = Self {
            parts: StoredValue::new_local(Rc::new(parts)),
            ready: RwSignal::new(Ready::Opening),
            overview: RwSignal::default(),
            catalogue: RwSignal::default(),
            tablet: RwSignal::default(),
            shortlist: RwSignal::default(),
            query: RwSignal::default(),
            session: RwSignal::default(),
            nudge: RwSignal::default(),
        };
        provide_context(store);
        spawn_local(async move {
            // Costs nothing, and keeps the browser from evicting what waits.
            persistence::ask().await;
            let opened = store.open().await;
            store.ready.set(opened.map_or_else(Ready::Failed, |()| Ready::Open));
        });
        store
    }

    /// Opens the databases, or opens them again after they failed. The outbox comes first and
    /// apart: what waits in it can be sent even where nothing more can be saved.
    ///
    /// # Errors
    /// Why nothing can be saved now.
    pub async fn open(&self) -> Result<(), StorageError> {
        let outbox = self.refresh_overview().await;
        let catalogue = self.refresh_catalogue().await;
        let tablet = self.refresh_tablet().await;
        outbox.and(catalogue).and(tablet)?;
        self.parts().outbox.try_to_write().await
    }

    /// Whether there is something that one person looked for; tracked.
    pub fn remembers_person(&self) -> bool {
        self.shortlist.with(|list| !list.is_empty()) || self.query.with(|query| !query.is_empty())
    }

    /// Forgets what one person looked for, for the next one.
    pub fn forget_person(&self) {
        self.shortlist.set(Vec::new());
        self.query.set(String::new());
        locale::choose(locale::LANGUAGES[0]);
    }

    /// The store of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// The databases and the network, for the sync loop.
    pub fn parts(&self) -> Rc<Parts> {
        self.parts.get_value()
    }

    /// Reads the outbox again, after it changed.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn refresh_overview(&self) -> Result<(), StorageError> {
        let overview = self.parts().outbox.overview().await?;
        self.overview.set(overview);
        Ok(())
    }

    /// Reads the catalogue again, after a page of changes was applied.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn refresh_catalogue(&self) -> Result<(), StorageError> {
        let records = self.parts().catalogue.records().await?;
        self.catalogue.set(CatalogueView::new(records));
        Ok(())
    }
}
