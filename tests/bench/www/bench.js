// Runs every bench and leaves the promise of one JSON object at window.__bench.
// pkg/ is what `wasm-bindgen --target web` makes of the package `bench`.
import init, { SearchBench } from "./pkg/bench.js";
import { benchSearch } from "./search.js";

async function run() {
  await init();
  return { search: await benchSearch(SearchBench, numberFromAddress("listings", 10_000)) };
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
