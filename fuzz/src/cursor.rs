//! Cursors, as tablets send them back.

use std::{collections::BTreeSet, sync::OnceLock};

use model::{cursor::Cursor, limits::PAGE_RECORDS};

use crate::server::{Server, wait};

/// Takes `data` as the text of a cursor.
pub fn run(data: &[u8]) {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(Server::new);
    let text = String::from_utf8_lossy(data);
    bounds(&text);
    walk(server, &text);
}

/// What is continued from lies in the history, and reads back as it was.
fn bounds(text: &str) {
    for (head, floor) in [(0, 0), (9, 0), (9, 5), (u64::MAX, u64::MAX), (i64::MAX as u64, 1)] {
        let read = |text: &str| Cursor::continue_from(text, "epoch", "public", head, floor);
        if let Ok(cursor) = read(text) {
            assert!(cursor.seq <= head && cursor.began <= head, "{cursor:?} at {head}");
            assert!(cursor.seq.max(cursor.began) >= floor);
            assert_eq!(read(&cursor.encode()), Ok(cursor));
        }
    }
}

/// Pages from there, however small, lead to the end, and tell nothing twice.
fn walk(server: &Server, text: &str) {
    let whole = wait(server.store.changes(None, PAGE_RECORDS as u32)).unwrap();
    let total = whole.records.len();
    let (mut cursor, mut told, mut pages) = (text.to_owned(), BTreeSet::new(), 0);
    loop {
        let page = wait(server.store.changes(Some(&cursor), 3)).unwrap();
        assert!(page.records.is_sorted_by_key(|record| record.seq));
        if pages > 0 {
            assert!(!page.fresh, "the server's own cursor is good");
        } else if page.fresh {
            assert!(page.more || page.records.len() == total);
        }
        for record in &page.records {
            assert!(told.insert(record.seq), "told twice");
        }
        pages += 1;
        assert!(pages <= total + 1, "the pages lead nowhere");
        if !page.more {
            assert_eq!(page.cursor, whole.cursor);
            return;
        }
        cursor = page.cursor;
    }
}
