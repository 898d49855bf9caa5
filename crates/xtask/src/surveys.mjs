// Minifies ODK's engine as ours is, and writes how many bytes of brotli each side's code has: our engine (script and wasm),
// ODK's (one script, its parser's wasm inside), and our whole program of surveys.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { minify } from "terser";

const [engine, out, dist] = process.argv.slice(1);
const { code } = await minified(readFileSync(engine, "utf8"));
writeFileSync(join(out, "odk.js"), code);

function minified(text) {
  const compress = { module: true, toplevel: true, passes: 2 };
  return minify(text, { module: true, compress, mangle: { toplevel: true } });
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
