// Minifies both engines' scripts, and writes how many bytes of brotli each side's code has: our engine (script and wasm),
// ODK's (one script, its parser's wasm inside), and our whole program of surveys.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { minify } from "terser";

const [engine, out, dist] = process.argv.slice(1);
await minified(engine, "odk.js");
await minified(join(out, "ours.js"), "ours.js");

async function minified(from, name) {
  const compress = { module: true, toplevel: true, passes: 2 };
  const { code } = await minify(readFileSync(from, "utf8"), { module: true, compress, mangle: { toplevel: true } });
  writeFileSync(join(out, name), code);
}

const weigh = (...files) =>
  files.filter(existsSync).reduce((sum, file) => sum + brotliCompressSync(readFileSync(file)).length, 0);
const bytes = {
  ours: weigh(join(out, "ours.js"), join(out, "ours_bg.wasm")),
  ours_wasm: weigh(join(out, "ours_bg.wasm")),
  odk: weigh(join(out, "odk.js")),
  program: weigh(join(dist, "survey.js"), join(dist, "survey_bg.wasm")),
};
writeFileSync(join(out, "bytes.json"), JSON.stringify(bytes));
