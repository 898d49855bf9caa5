// PouchDB's side: replication between a database in the browser (its default adapter, idb) and one behind
// express-pouchdb, with the default options.
import { expect } from "./ours.js";

const ADDRESS = `${location.origin}/db`;
/** The most replications in a row that may fail. */
const PATIENCE = 1_000;

export async function open(_, { captures, batch }) {
  const local = new PouchDB("measured");
  await local.info();
  const options = batch ? { batch_size: batch } : {};
  if (!captures) {
    const remote = new PouchDB(`${ADDRESS}/listings`, { skip_setup: true });
    return {
      async bootstrap(count) {
        const failures = await again(() => local.replicate.from(remote, options));
        return { failures, check: async () => expect((await local.info()).doc_count, count) };
      },
    };
  }
  // A database of its own on the server, which is there before the measurement.
  const remote = new PouchDB(`${ADDRESS}/push-${Date.now()}`);
  await remote.info();
  await local.bulkDocs(documents(captures));
  return {
    async push(count) {
      const failures = await again(() => local.replicate.to(remote, options));
      return { failures, check: async () => expect((await remote.info()).doc_count, count) };
    },
  };
}

/** The same records that we store, each under its id. */
export function documents(captures) {
  return Array.from({ length: captures.length }, (_, at) => ({ _id: captures.key(at), ...JSON.parse(captures.text(at)) }));
}

/** A replication that was cut off goes on from its last checkpoint, at once: PouchDB's own `retry` waits first. */
async function again(replicate) {
  for (let failures = 0; failures < PATIENCE; failures++) {
    try {
      const { ok } = await replicate();
      if (ok) return failures;
    } catch {
      // The next one tells.
    }
  }
  throw new Error("no replication ended well");
}
