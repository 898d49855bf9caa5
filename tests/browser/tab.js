// A second tab of the tests: runs what its address says, in a browser's process of its own.
import init, { tab } from "./wasm-bindgen-test.js";

const about = decodeURIComponent(location.search.slice(1));

// What goes wrong here must fail the test in the first tab, which hears only this channel.
const failed = (event) =>
  new BroadcastChannel(about.split(" ")[0]).postMessage(`failed: ${event.message ?? event.reason}`);
addEventListener("error", failed);
addEventListener("unhandledrejection", failed);

await init({ module_or_path: "./wasm-bindgen-test_bg.wasm" });
await tab(about);
