// Storing captures one by one: the app's outbox beside plain JavaScript, with the same bytes, the same durability, and one
// transaction each; in turns, so that neither has the better half of the run.

const TURNS = 5;
const SEED = 2026;

/**
 * @param StorageBench the class that wasm exports
 * @param count how many captures
 * @returns captures, and for both sides the milliseconds of each turn
 */
export async function benchStorage(StorageBench, count) {
  const ours = new StorageBench(count, SEED);
  const captures = Array.from({ length: count }, (_, at) => ({
    key: ours.key(at),
    value: [ours.envelope(at), ours.bytes(at)],
  }));
  const result = { captures: count, together_ms: [], plain_ms: [] };
  // Once for nothing: the first to use a new profile's storage waits for it to be set up.
  await ours.store("outbox-warm-up");
  await plain("plain-warm-up", captures);
  for (let turn = 0; turn < TURNS; turn++) {
    const sides = [
      [result.together_ms, () => ours.store(`outbox-${turn}`)],
      [result.plain_ms, () => plain(`plain-${turn}`, captures)],
    ];
    for (const [times, store] of turn % 2 === 0 ? sides : sides.reverse()) {
      const start = performance.now();
      await store();
      times.push(Math.round(1000 * (performance.now() - start)) / 1000);
    }
    const [stored, beside] = [await counted(`outbox-${turn}`), await counted(`plain-${turn}`)];
    if (stored !== count || beside !== count) throw new Error(`stored ${stored} and ${beside} of ${count}`);
  }
  ours.free();
  return result;
}

async function plain(name, captures) {
  const database = await opened(name);
  for (const { key, value } of captures) {
    await new Promise((resolve, reject) => {
      const transaction = database.transaction("entries", "readwrite", { durability: "strict" });
      transaction.objectStore("entries").put(value, key);
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
  }
  database.close();
}

function opened(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore("entries");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function counted(name) {
  const database = await opened(name);
  const number = await new Promise((resolve, reject) => {
    const request = database.transaction("entries").objectStore("entries").count();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  database.close();
  return number;
}
