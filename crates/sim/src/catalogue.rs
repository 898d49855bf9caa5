//! The tablet's storage of the catalogue, as a task sees it: every call is one transaction.
//! Bugs of a tablet's catalogue are planted here.

use model::{Hash, Record, segment, snapshot::Manifest, wire::Changes};
use sync::{Catalogue, CatalogueState, StorageError};

use crate::{
    bug::Bug,
    fault::Fault,
    gateway::read_cursor,
    ledger::{epoch_name, epoch_number},
    network::Sort,
    storage::Storage,
};

impl Storage {
    /// Looks at the catalogue after a write.
    fn look(&self) {
        self.profile.watch.catalogue(&self.world, &self.profile);
    }

    /// Switches a snapshot in, as a planted bug would.
    async fn switch(&self, since: Option<&str>, manifest: &Manifest) -> Result<bool, StorageError> {
        let catalogue = &self.profile.catalogue;
        match self.world.bug {
            Some(Bug::SwitchedWithHoles) => Ok(catalogue.tamper(|state| {
                let unmoved = state.cursor.as_deref() == since;
                if unmoved {
                    state.records.clear();
                    lay_over(state, manifest);
                    state.cursor = Some(manifest.cursor.clone());
                    state.staged.clear();
                }
                unmoved
            })),
            Some(Bug::SwitchedInTwo) => {
                catalogue.tamper(|state| {
                    if state.cursor.as_deref() == since {
                        state.records.clear();
                        lay_over(state, manifest);
                    }
                });
                self.look();
                self.turns.pass().await;
                catalogue.switch_in(since, manifest).await
            }
            Some(Bug::LateSnapshotSwitched) => {
                let now = catalogue.cursor().await?;
                catalogue.switch_in(now.as_deref(), manifest).await
            }
            Some(Bug::CursorKeptAtSwitch) => {
                let switched = catalogue.switch_in(since, manifest).await?;
                catalogue.tamper(|state| state.cursor = since.map(str::to_owned));
                Ok(switched)
            }
            Some(Bug::OldSnapshotTrusted) => {
                let present = epoch_name(self.world.shadow.borrow().epoch);
                let cursor = manifest.cursor.replacen(&manifest.epoch, &present, 1);
                catalogue.switch_in(since, &Manifest { cursor, ..manifest.clone() }).await
            }
            _ => catalogue.switch_in(since, manifest).await,
        }
    }

    /// Counts what is remarkable about a snapshot that was switched in.
    fn count_switched(&self, manifest: &Manifest) {
        let shadow = self.world.shadow.borrow();
        let seq = read_cursor(&manifest.cursor).map_or(0, |(_, seq)| seq);
        if epoch_number(&manifest.epoch) != Some(shadow.epoch) {
            self.world.count(Fault::EndedSnapshot);
        } else if seq < shadow.floor {
            self.world.count(Fault::ForgetfulSnapshot);
        }
    }
}

/// A planted bug: what is staged of `manifest` over what is there.
fn lay_over(state: &mut CatalogueState, manifest: &Manifest) {
    let texts = manifest.segments.iter().filter_map(|part| state.staged.get(&part.hash));
    let records = texts.flat_map(|text| segment::decode(text).unwrap_or_default());
    let named = records.map(|it| ((it.collection.clone(), it.id.to_string()), it));
    let named: Vec<_> = named.collect();
    state.records.extend(named);
}

impl Catalogue for Storage {
    async fn cursor(&self) -> Result<Option<String>, StorageError> {
        self.turns.pass().await;
        self.profile.catalogue.cursor().await
    }

    async fn apply_page(&self, page: &Changes) -> Result<(), StorageError> {
        self.turns.pass().await;
        self.room(Sort::Other)?;
        self.profile.catalogue.apply_page(page).await?;
        self.look();
        self.turns.pass().await;
        Ok(())
    }

    async fn apply_page_after(
        &self,
        since: Option<&str>,
        page: &Changes,
    ) -> Result<bool, StorageError> {
        self.turns.pass().await;
        self.room(Sort::Other)?;
        let catalogue = &self.profile.catalogue;
        let cursor = page.cursor.clone();
        let later = match self.world.bug {
            Some(Bug::CursorBeforePage) => {
                catalogue.tamper(|state| state.cursor = Some(cursor));
                self.look();
                Some(page.clone())
            }
            Some(Bug::PageInTwo) => {
                let half = page.records.len() / 2;
                let first = Changes { records: page.records[..half].to_vec(), ..page.clone() };
                catalogue.apply_page(&first).await?;
                self.look();
                let records = page.records[half..].to_vec();
                Some(Changes { records, fresh: false, ..page.clone() })
            }
            Some(Bug::FreshKeepsOld) => Some(Changes { fresh: false, ..page.clone() }),
            Some(Bug::LatePageApplied) => Some(page.clone()),
            _ => None,
        };
        let applied = match later {
            Some(page) => {
                self.turns.pass().await;
                catalogue.apply_page(&page).await.map(|()| true)
            }
            None => catalogue.apply_page_after(since, page).await,
        }?;
        if applied && page.fresh {
            self.profile.staging.empty();
        }
        let seen = if applied { "applies" } else { "puts aside" };
        let (number, count) = (self.profile.number, page.records.len());
        self.world.note(format_args!("tablet {number} {seen} {count} to {}", page.cursor));
        self.look();
        self.turns.pass().await;
        Ok(applied)
    }

    async fn staged(&self, manifest: &Manifest) -> Result<Vec<Hash>, StorageError> {
        self.turns.pass().await;
        let catalogue = &self.profile.catalogue;
        if self.world.has(Bug::StagedDropped) {
            catalogue.tamper(|state| state.staged.clear());
        }
        let here = if self.world.has(Bug::StagedForEver) {
            catalogue.inspect(|state| state.staged.keys().copied().collect())
        } else {
            catalogue.staged(manifest).await?
        };
        self.profile.staging.begins(&self.world, &self.profile, manifest, &self.here);
        let (number, all) = (self.profile.number, manifest.segments.len());
        self.world.note(format_args!(
            "tablet {number} has {} segments of {all} to {}",
            here.len(),
            manifest.cursor
        ));
        self.turns.pass().await;
        Ok(here)
    }

    async fn stage_segment(&self, hash: Hash, text: &str) -> Result<(), StorageError> {
        self.turns.pass().await;
        self.room(Sort::Segment)?;
        let catalogue = &self.profile.catalogue;
        let mistaken = self.profile.mistaken.borrow_mut().remove(&hash);
        catalogue.stage_segment(hash, mistaken.as_deref().unwrap_or(text)).await?;
        if self.world.has(Bug::StagedShown) {
            catalogue.tamper(|state| {
                for record in segment::decode(text).unwrap_or_default() {
                    let name = (record.collection.clone(), record.id.to_string());
                    state.records.insert(name, record);
                }
            });
        }
        self.profile.staging.staged(&self.world, &self.profile, hash, &self.here);
        self.turns.pass().await;
        Ok(())
    }

    async fn switch_in(
        &self,
        since: Option<&str>,
        manifest: &Manifest,
    ) -> Result<bool, StorageError> {
        self.turns.pass().await;
        self.room(Sort::Segment)?;
        let switched = self.switch(since, manifest).await?;
        let number = self.profile.number;
        if switched {
            self.count_switched(manifest);
            self.profile.staging.empty();
            self.world.note(format_args!("tablet {number} switches to {}", manifest.cursor));
        } else {
            self.world.count(Fault::PutAside);
            self.world.note(format_args!("tablet {number} puts a snapshot aside"));
        }
        self.look();
        self.turns.pass().await;
        Ok(switched)
    }

    async fn records(&self) -> Result<Vec<Record>, StorageError> {
        self.turns.pass().await;
        self.profile.catalogue.records().await
    }
}
