//! What this tablet knows about itself.

use leptos::prelude::*;
use model::{Key, time::Millis};
use sync::StorageError;

use super::Store;
use crate::platform::clock;

const VENUE: &str = "venue";
const LAST_SYNC: &str = "last_sync";

/// This tablet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tablet {
    /// The venue it stands in, once somebody has said so.
    pub venue: Option<Key>,
    /// When it last spoke with the server, by its own clock.
    pub last_sync: Option<Millis>,
}

impl Store {
    pub(super) async fn refresh_tablet(&self) -> Result<(), StorageError> {
        let parts = self.parts();
        let venue = parts.catalogue.setting(VENUE).await?;
        let last_sync = parts.catalogue.setting(LAST_SYNC).await?;
        self.tablet.set(Tablet {
            venue: venue.as_deref().and_then(Key::parse),
            last_sync: last_sync.and_then(|millis| millis.parse().ok()).map(Millis),
        });
        Ok(())
    }

    /// Says where this tablet stands; `None` takes it back.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn set_venue(&self, venue: Option<Key>) -> Result<(), StorageError> {
        let text = venue.as_ref().map_or("", Key::as_str);
        self.parts().catalogue.set_setting(VENUE, text).await?;
        self.tablet.update(|tablet| tablet.venue = venue);
        Ok(())
    }

    /// Notes that a sync went through.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn note_sync(&self) -> Result<(), StorageError> {
        let now = clock::now();
        self.parts().catalogue.set_setting(LAST_SYNC, &now.0.to_string()).await?;
        self.tablet.update(|tablet| tablet.last_sync = Some(now));
        Ok(())
    }
}
