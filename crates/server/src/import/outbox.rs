//! Submissions that a tablet exported to a file because it could not send them.

use model::{
    limits::PUSH_RECORDS,
    time::Millis,
    wire::{OutboxExport, Verdict},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    FAULTS, Fault, ImportError, SourceFile,
    lines::{line_of_pointer, offset_in},
};
use crate::intake::Intake;

/// What became of the records of a file. Unlike content, the good ones come in although
/// others are refused: each is one person's word, and none waits for another.
#[derive(Debug, Default)]
pub struct OutboxReport {
    /// Records that are stored, now or since earlier.
    pub received: u64,
    /// Why the others are not; at most [`FAULTS`] of it.
    pub refused: Vec<Fault>,
    /// How many faults more there are.
    pub untold: u64,
}

/// [`OutboxExport`] with the records unread.
#[derive(Deserialize)]
struct RawOutbox<'a> {
    format: String,
    version: u32,
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

/// Whether the file is an object, as an outbox export is and content is not.
pub fn is_outbox(file: &SourceFile) -> bool {
    file.text.trim_start().starts_with('{')
}

/// Takes the records of an exported outbox as if the tablet had pushed them.
///
/// # Errors
/// If the file is no outbox export, or the database failed; then what was received before
/// stays, and importing the file again is harmless.
pub async fn import_outbox(
    intake: &Intake,
    file: &SourceFile,
    now: Millis,
) -> Result<OutboxReport, ImportError> {
    let fault = |line: usize, field: &str, detail: String| Fault {
        file: file.name.clone(),
        line,
        field: field.to_owned(),
        detail,
    };
    let outbox: RawOutbox = serde_json::from_str(&file.text).map_err(|error| {
        let detail = format!("Not an export of a tablet: {error}.");
        ImportError::Faults(vec![fault(error.line().max(1), "", detail)])
    })?;
    if outbox.format != OutboxExport::FORMAT || outbox.version != 1 {
        let detail = format!("Not an export of a tablet in version 1 of {}.", OutboxExport::FORMAT);
        return Err(ImportError::Faults(vec![fault(1, "/format", detail)]));
    }
    let mut report = OutboxReport::default();
    for (chunk, records) in outbox.records.chunks(PUSH_RECORDS).enumerate() {
        let answer = intake.take(records, now).await?;
        for (index, (verdict, raw)) in answer.verdicts.iter().zip(records).enumerate() {
            let problems = match verdict {
                Verdict::Received(_) => {
                    report.received += 1;
                    continue;
                }
                Verdict::Refused { problems, .. } => problems,
            };
            let record = format!("/records/{}", chunk * PUSH_RECORDS + index);
            let from = offset_in(&file.text, raw.get());
            let range = from..from + raw.get().len();
            for problem in problems {
                if report.refused.len() == FAULTS {
                    report.untold += 1;
                    continue;
                }
                let line = line_of_pointer(&file.text, range.clone(), &problem.pointer);
                let pointer = format!("{record}{}", problem.pointer);
                report.refused.push(fault(line, &pointer, problem.detail.clone()));
            }
        }
    }
    Ok(report)
}
