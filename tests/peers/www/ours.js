// Our side: the app's own storage, engine and gateway, in wasm.

/** The most rounds in a row that may fail. */
const PATIENCE = 100;

export async function open(SyncBench, { captures }) {
  const tablet = new SyncBench("measured");
  await tablet.open();
  if (captures) {
    // What a tablet has before anybody speaks: the catalogue.
    await round(tablet);
    await tablet.queue(captures);
  }
  return {
    async bootstrap(count) {
      const failures = await round(tablet);
      return { failures, check: async () => expect(await tablet.listings(), count) };
    },
    async push(count) {
      const start = performance.now();
      const failures = await round(tablet);
      // To the last acknowledgement on the disk. Of a whole round this leaves out the question for changes, and
      // the moving of what is acknowledged among the receipts, which is told beside it.
      const end = performance.now();
      await tablet.tidy();
      const rest = performance.now() - end;
      const ms = tablet.settled() - start;
      return { failures, ms, rest, check: async () => expect(await tablet.received(), count) };
    },
  };
}

/** Rounds of sync until one ends well, with the waits of the app between; gives how many failed. */
async function round(tablet) {
  for (let failures = 0; failures < PATIENCE; failures++) {
    const wait = await tablet.round(failures + 1);
    if (wait === undefined) return failures;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  throw new Error("no round ended well");
}

export function expect(found, wanted) {
  if (found !== wanted) throw new Error(`${found} of ${wanted} arrived`);
}
