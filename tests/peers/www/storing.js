// Storing captures one by one, each in a transaction of its own that has completed before the next begins: what a tablet
// does when somebody presses "Save". Ours, Dexie and plain JavaScript ask for `strict` durability (the disk has it); PouchDB
// asks for nothing, and gets what the browser does by itself, which in Chromium is `relaxed`.
import Dexie from "./dexie.min.mjs";
import { documents } from "./pouchdb.js";
import { expect } from "./ours.js";

export async function storeInOurs(name, captures) {
  await captures.store(name);
  return { failures: 0, check: async () => expect(await counted(name, "entries"), captures.length) };
}

export async function storePlainly(name, captures) {
  const rows = pairs(captures);
  return timed(async () => {
    const database = await opened(name);
    for (const { key, value } of rows) {
      await new Promise((resolve, reject) => {
        const transaction = database.transaction("entries", "readwrite", { durability: "strict" });
        transaction.objectStore("entries").add(value, key);
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    }
    database.close();
  }, async () => expect(await counted(name, "entries"), captures.length));
}

export async function storeInDexie(name, captures) {
  const rows = pairs(captures);
  return timed(async () => {
    const database = new Dexie(name, { chromeTransactionDurability: "strict" });
    database.version(1).stores({ entries: "" });
    for (const { key, value } of rows) await database.entries.add(value, key);
    database.close();
  }, async () => expect(await counted(name, "entries"), captures.length));
}

export async function storeInPouch(name, captures) {
  const rows = documents(captures);
  const database = new PouchDB(name);
  return timed(async () => {
    for (const row of rows) await database.put(row);
  }, async () => expect((await database.info()).doc_count, captures.length));
}

/** Without the time that it takes to have the rows ready: ours come ready, from wasm. */
async function timed(store, check) {
  const start = performance.now();
  await store();
  return { failures: 0, ms: performance.now() - start, check };
}

/** What our outbox stores: an envelope as text and the bytes, under the id. */
function pairs(captures) {
  return Array.from({ length: captures.length }, (_, at) => ({
    key: captures.key(at),
    value: [captures.envelope(at), captures.bytes(at)],
  }));
}

function opened(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore("entries");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function counted(name, store) {
  const database = await opened(name);
  const number = await new Promise((resolve, reject) => {
    const request = database.transaction(store).objectStore(store).count();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  database.close();
  return number;
}
