// Starts the app. An own file because the page's content security policy allows no inline script; Trunk writes the
// hashed names of the two parts into this script tag's attributes (Trunk.toml, pattern_script). Staff pages and a survey
// that is taken are programs of their own (src/router.rs), which Trunk builds under fixed names.
const program = /^\/(staff(?=\/|$)|survey(?=s\/.))/.exec(location.pathname)?.[1];
const own = document.querySelector("script[data-js]").dataset;
const { js, wasm } = program ? { js: `/${program}.js`, wasm: `/${program}_bg.wasm` } : own;

// A panic stops the program at once, so the notice about it stands ready in the page (pages/frame.rs).
for (const kind of ["error", "unhandledrejection"]) {
  addEventListener(kind, ({ error, reason }) => {
    if ((error ?? reason) instanceof WebAssembly.RuntimeError) document.getElementById("broken")?.removeAttribute("hidden");
  });
}

// A survey's journal (src/store/journal.rs) that nobody went on with in ten minutes goes before any page is shown.
try {
  const age = Date.now() - JSON.parse(localStorage.getItem("survey-journal") ?? "{}").at;
  if (age < 0 || age >= 600_000) localStorage.removeItem("survey-journal");
} catch {}

// So does one whose survey was left by the browser's way back. The page that leads to may come as it once stood.
const gone = () => {
  try {
    const { survey } = JSON.parse(localStorage.getItem("survey-journal") ?? "{}");
    if (location.pathname !== `/surveys/${survey}`) localStorage.removeItem("survey-journal");
  } catch {}
};
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") gone();
addEventListener("pageshow", ({ persisted }) => persisted && gone());

// The language goes along from one program to the next and through a reload (src/locale.rs). Staff's is English.
const root = document.documentElement;
if (program !== "staff") {
  try {
    root.lang = sessionStorage.getItem("lang") ?? root.lang;
    addEventListener("pagehide", () => sessionStorage.setItem("lang", root.lang));
  } catch {}
}

try {
  // All at once: on a slow network one after the other would take twice as long.
  const bytes = fetch(wasm);
  const [{ default: init }] = await Promise.all([import(js), program && dressed()]);
  await init({ module_or_path: bytes });
  // The app has mounted within init: no frame is painted between its first paint and this.
  document.getElementById("first-paint")?.remove();
} catch (error) {
  console.error(error);
  document.getElementById("boot-loading")?.remove();
  for (const id of ["boot-error", `boot-${program}`]) document.getElementById(id)?.removeAttribute("hidden");
}

// The program's own rules. Without them the pages look wrong and work: a failure is no reason to stop.
function dressed() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `/${program}.css` });
  return new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

// A page that comes back from the browser's memory would show the last person's form.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

// After the app's start, so that fetching a build to keep does not compete with showing it; and after a failed start
// too, so that a mended build can come in. The worker's own file is always asked of the server, never of a cache.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker
    .register("/sw.js", { updateViaCache: "none" })
    .then(() => navigator.serviceWorker.ready)
    .then(({ active }) => active.postMessage({ type: "rest" }))
    .catch((error) => console.warn("No offline use:", error));
}
