//! The capture plane in memory.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Hash, Key, SubmissionId, submission::Sealed, time::Millis};

use super::{Kept, MemoryTx};
use crate::store::{Arrival, Filter, Slice, StoreError, StoredSubmission, tx::Submissions};

#[async_trait]
impl Submissions for MemoryTx {
    async fn insert_submissions(
        &mut self,
        first: u64,
        arrivals: &[Arrival],
        now: Millis,
    ) -> Result<Vec<bool>, StoreError> {
        let places = Arc::make_mut(&mut self.tables.places);
        let submissions = Arc::make_mut(&mut self.tables.submissions);
        let insert = |(seq, arrival): (u64, &Arrival)| {
            let free = !places.contains_key(&arrival.sealed.id);
            if free {
                places.insert(arrival.sealed.id, seq);
                let kept = Kept { arrival: arrival.clone(), received_at: now };
                submissions.insert(seq, Arc::new(kept));
            }
            free
        };
        Ok((first..).zip(arrivals).map(insert).collect())
    }

    async fn submission_at(&mut self, id: SubmissionId) -> Result<Option<(u64, Hash)>, StoreError> {
        let seq = self.tables.places.get(&id);
        let kept = seq.and_then(|seq| self.tables.submissions.get_key_value(seq));
        Ok(kept.map(|(seq, kept)| (*seq, kept.arrival.sealed.hash)))
    }

    async fn insert_rival(&mut self, sealed: &Sealed, _: Millis) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.rivals)
            .entry((sealed.id, sealed.hash))
            .or_insert_with(|| sealed.bytes.as_slice().into());
        Ok(())
    }

    async fn submissions(
        &mut self,
        filter: &Filter,
        slice: Slice,
        limit: u32,
    ) -> Result<Vec<StoredSubmission>, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let meant = |(_, kept): &(&u64, &Arc<Kept>)| is_meant(filter, &kept.arrival);
        let all = &self.tables.submissions;
        Ok(match slice {
            Slice::Before(seq) => all
                .range(..seq.unwrap_or(u64::MAX))
                .rev()
                .filter(meant)
                .take(limit)
                .map(stored)
                .collect(),
            Slice::After(seq) => {
                all.range(seq.saturating_add(1)..).filter(meant).take(limit).map(stored).collect()
            }
        })
    }

    async fn count_submissions(&mut self, filter: &Filter) -> Result<u64, StoreError> {
        let meant = |kept: &&Arc<Kept>| is_meant(filter, &kept.arrival);
        let count = self.tables.submissions.values().filter(meant).count();
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    async fn extent(&mut self, survey: &Key) -> Result<(u64, u64), StoreError> {
        let is_meant = |(_, kept): &(&u64, &Arc<Kept>)| {
            kept.arrival.kind == "response" && kept.arrival.survey.as_ref() == Some(survey)
        };
        let meant = self.tables.submissions.iter().filter(is_meant);
        Ok(meant.fold((0, 0), |(_, count), (seq, _)| (*seq, count + 1)))
    }
}

fn is_meant(filter: &Filter, arrival: &Arrival) -> bool {
    let same = |wanted: &Option<String>, has: Option<&str>| {
        wanted.as_ref().is_none_or(|wanted| has == Some(wanted))
    };
    filter.kind == arrival.kind
        && same(&filter.survey, arrival.survey.as_ref().map(|key| key.as_str()))
        && same(&filter.venue, arrival.venue.as_ref().map(|key| key.as_str()))
        && filter
            .theme
            .as_ref()
            .is_none_or(|theme| arrival.themes.iter().any(|has| has.as_str() == theme))
        && filter.from.is_none_or(|from| arrival.made_at >= from)
        && filter.until.is_none_or(|until| arrival.made_at < until)
}

fn stored((seq, kept): (&u64, &Arc<Kept>)) -> StoredSubmission {
    StoredSubmission {
        seq: *seq,
        id: kept.arrival.sealed.id,
        received_at: kept.received_at,
        bytes: kept.arrival.sealed.bytes.clone(),
    }
}
