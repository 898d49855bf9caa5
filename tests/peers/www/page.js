// One task of one side in a fresh browser: `prepare` does what is not measured, `measure` what is. The runner calls both
// through `begin` and looks for `found`, since a task on a slow line takes longer than a driver waits.
import init, { SyncBench, StorageBench } from "./pkg/bench.js";
import * as ours from "./ours.js";
import * as pouchdb from "./pouchdb.js";
import { storeInDexie, storePlainly, storeInOurs, storeInPouch } from "./storing.js";

const SYNC = { ours, pouchdb };
const STORING = { ours: storeInOurs, pouchdb: storeInPouch, dexie: storeInDexie, plain: storePlainly };
/** The seed of what is captured; the runner has its own for what is published. */
const SEED = 2026;

let measured;
let sent = 0;

async function prepare({ task, side, count, counted, batch }) {
  await init();
  if (task === "store") {
    const captures = new StorageBench(count, SEED);
    const store = STORING[side];
    // Once for nothing: the first to use a new profile's storage waits for it to be set up.
    await store("warm-up", new StorageBench(20, SEED));
    measured = () => store("measured", captures);
  } else {
    const captures = task === "push" ? new StorageBench(count, SEED) : null;
    const tablet = await SYNC[side].open(SyncBench, { captures, batch });
    measured = () => tablet[task](count);
  }
  if (counted) countBodies();
  performance.setResourceTimingBufferSize(100_000);
}

async function measure() {
  performance.clearResourceTimings();
  sent = 0;
  const start = performance.now();
  const { check, ...end } = await measured();
  const ms = performance.now() - start;
  const answers = performance.getEntriesByType("resource").map(({ encodedBodySize }) => encodedBodySize);
  const found = { ms, body_up: sent, body_down: answers.reduce((sum, bytes) => sum + bytes, 0), ...end };
  await check();
  return found;
}

/** Has fetch tell how many bytes its bodies have: they are read twice then, so nothing is timed meanwhile. */
function countBodies() {
  const fetch = window.fetch;
  window.fetch = async (target, options) => {
    const request = new Request(target, options);
    const { byteLength } = await request.clone().arrayBuffer();
    sent += byteLength;
    return fetch(request);
  };
}

const STEPS = { prepare, measure };

window.begin = (step, options) => {
  window.found = null;
  STEPS[step](options).then(
    (value) => (window.found = { value: value ?? null }),
    (error) => (window.found = { error: String(error?.stack ?? error?.message ?? JSON.stringify(error)) }),
  );
};
