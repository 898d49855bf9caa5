// Runs the benches that the address asks for (`?what=search`; all without) and leaves the promise of one JSON object at
// window.__bench. pkg/ is what `wasm-bindgen --target web` makes of the package `bench`.
import init, { SearchBench, StorageBench } from "./pkg/bench.js";
import { benchSearch } from "./search.js";
import { benchStorage } from "./storage.js";

const BENCHES = {
  search: () => benchSearch(SearchBench, numberFromAddress("listings", 10_000)),
  storage: () => benchStorage(StorageBench, numberFromAddress("captures", 1_000)),
};

async function run() {
  await init();
  const wanted = new URLSearchParams(location.search).get("what");
  const found = {};
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted === null || wanted === name) found[name] = await bench();
  }
  return found;
}

/** `?listings=2000` makes a short run for trying things out. */
function numberFromAddress(name, otherwise) {
  const number = Number(new URLSearchParams(location.search).get(name));
  return number > 0 ? number : otherwise;
}

window.__bench = run();
const result = document.getElementById("result");
window.__bench.then(
  (found) => (result.textContent = JSON.stringify(found, null, 2)),
  (error) => (result.textContent = String(error?.stack ?? error)),
);
