// The search index beside MiniSearch and Fuse.js: same listings, same queries, same page.
import MiniSearch from "./node_modules/minisearch/dist/es/index.js";
import Fuse from "./node_modules/fuse.js/dist/fuse.mjs";

const SEED = 2026;
const QUERIES = 300;
const SHOWN = 10;
/** Builds an engine's index is timed for; the median counts. */
const BUILDS = 3;
/** performance.now() is coarse, so a quick search is repeated for at least this long. */
const LEAST_MS = 2;

/**
 * @param SearchBench the class that wasm exports
 * @param count how many listings
 * @returns for each engine: build_ms, search_p50_ms, search_p95_ms, and how many of the
 *   queries had the intended listing among the first ten
 */
export async function benchSearch(SearchBench, count) {
  const ours = new SearchBench(count, SEED);
  const listings = JSON.parse(ours.listings_json());
  const weights = JSON.parse(ours.weights_json());
  const queries = JSON.parse(ours.queries_json(QUERIES, SEED));
  const words = listings.reduce(
    (sum, { id, ...texts }) => sum + Object.values(texts).join(" ").split(/\s+/).length, 0);
  const engines = {
    together: together(ours),
    minisearch: minisearch(listings, weights, {}),
    // What MiniSearch needs to forgive missing diacritics as well.
    minisearch_folding: minisearch(listings, weights, { processTerm: fold }),
    fuse: fuse(listings, weights),
  };
  const result = {
    listings: count,
    words_per_listing: Math.round(words / count),
    queries: queries.length,
    misspelt: queries.filter((query) => query.misspelt).length,
  };
  for (const [name, engine] of Object.entries(engines)) {
    result[name] = await measure(engine, queries);
  }
  result.distinct_words = ours.build();
  ours.free();
  return result;
}

function together(ours) {
  return { build: () => ours.build(), search: (query) => ours.search(query, SHOWN) };
}

function minisearch(listings, boost, options) {
  let index;
  return {
    build() {
      index = new MiniSearch({
        fields: Object.keys(boost),
        searchOptions: { boost, fuzzy: 0.2, prefix: true },
        ...options,
      });
      index.addAll(listings);
    },
    search: (query) => index.search(query).slice(0, SHOWN).map((hit) => hit.id),
    drop: () => (index = undefined),
  };
}

function fold(term) {
  return term
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/ł/g, "l")
    .replace(/đ/g, "d")
    .replace(/ø/g, "o");
}

function fuse(listings, weights) {
  let index;
  return {
    build() {
      index = new Fuse(listings, {
        keys: Object.entries(weights).map(([name, weight]) => ({ name, weight })),
        ignoreLocation: true,
        ignoreDiacritics: true,
        threshold: 0.3,
      });
    },
    search: (query) => index.search(query, { limit: SHOWN }).map((hit) => hit.item.id),
    drop: () => (index = undefined),
    // It reads every text for every query, most of a second: some of them say enough.
    every: 10,
  };
}

async function measure(engine, queries) {
  const builds = [];
  for (let turn = 0; turn < BUILDS; turn++) {
    await pause();
    const start = performance.now();
    engine.build();
    builds.push(performance.now() - start);
  }
  const asked = queries.filter((_, at) => at % (engine.every ?? 1) === 0);
  const times = [];
  let found = 0;
  let misspeltFound = 0;
  for (const { text, intended, misspelt } of asked) {
    await pause();
    let turns = 0;
    let hits;
    const start = performance.now();
    let end;
    do {
      hits = engine.search(text);
      turns += 1;
      end = performance.now();
    } while (end - start < LEAST_MS);
    times.push((end - start) / turns);
    if ([...hits].includes(intended)) {
      found += 1;
      misspeltFound += misspelt ? 1 : 0;
    }
  }
  engine.drop?.();
  times.sort((one, other) => one - other);
  builds.sort((one, other) => one - other);
  const share = (part, whole) => Math.round((1000 * part) / Math.max(whole, 1)) / 1000;
  return {
    build_ms: round(builds[Math.floor(builds.length / 2)]),
    search_p50_ms: round(times[Math.floor(times.length * 0.5)]),
    search_p95_ms: round(times[Math.floor(times.length * 0.95)]),
    search_max_ms: round(times[times.length - 1]),
    queries: asked.length,
    found_in_first_ten: share(found, asked.length),
    misspelt_found_in_first_ten: share(
      misspeltFound, asked.filter((query) => query.misspelt).length),
  };
}

/** Lets the browser breathe, so that one engine's garbage is not the next one's pause. */
function pause() {
  return new Promise((resolve) => setTimeout(resolve));
}

function round(ms) {
  return Math.round(ms * 1000) / 1000;
}
