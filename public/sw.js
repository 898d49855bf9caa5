// Keeps one build of the app whole on the device, and answers from it, so that pages open with no network and never mix
// files of two builds. `cargo xtask app` fills in the constants; without them (`trunk serve`) all goes to the network.
const BUILD = "%BUILD%";
// Each file's path and the hash of its bytes: a captive portal's page, or a file of the next build, fails the install.
const FILES = ["%FILES%"];
// What a first visit does not wait for: the program that asks surveys. It is fetched once the app stands.
const REST = ["%REST%"];

const PREFIX = "together-build-";
const CACHE = PREFIX + BUILD;
const SERVER_ONLY = /^\/(api|healthz|readyz|metrics)(\/|$)/;
// Names with a content hash may come from the browser's cache, where the page has just put them; others are asked anew.
const HASHED = /-[0-9a-f]{16}(_bg)?\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

// A new build waits, for someone may be in the middle of a form. The page says when (and tells people first).
self.addEventListener("message", (event) => {
  if (event.data?.type === "activate") self.skipWaiting();
  // The page says this at each start, so what failed is tried again.
  if (event.data?.type === "rest") event.waitUntil(keep(REST));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || SERVER_ONLY.test(url.pathname)) return;
  // Every page is the one page; the app reads the address.
  const path = request.mode === "navigate" ? "/index.html" : url.pathname;
  event.respondWith(answer(path, request));
});

async function install() {
  await keep(FILES);
  // Nobody waits for an update, and the build in use must not lose what works without a network.
  if ((await builds()).length > 1) await keep(REST);
  // An older worker that was activated meanwhile has cleared away what it did not know: try again later.
  if (!(await caches.has(CACHE))) throw new Error("the cache of build " + BUILD + " was removed during its install");
}

// Fetches those files that are not there yet, all or none.
async function keep(files) {
  const cache = await caches.open(CACHE);
  const there = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const missing = files.filter((file) => Array.isArray(file) && !there.has(file[0]));
  await cache.addAll(
    missing.map(([path, integrity]) => new Request(path, { integrity, cache: HASHED.test(path) ? "default" : "no-cache" })),
  );
}

async function builds() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

async function activate() {
  const older = (await builds()).filter((name) => name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
  // On the very first visit the open page's files are this build's, so it may be served from here at once. Later a page
  // of the older build reloads by itself when it has asked for the switch.
  if (older.length === 0) await self.clients.claim();
}

async function answer(path, request) {
  // Where the browser refuses its caches, the page still works with a network.
  const cache = await caches.open(CACHE).catch(() => null);
  return (await cache?.match(path, { ignoreVary: true })) ?? fetch(request);
}
