// Shrinks the two parts of a program, named in pairs: the script that wasm-bindgen wrote, and the wasm. What the script
// does not use of the wasm is no longer exported, so that wasm-opt drops it: a dependency of Leptos brings three classes
// for streams along. The names of what is imported and exported, which hold hashes that no compressor shortens, become
// short in both. Then terser takes the script's comments and long names away.
import { readFileSync, writeFileSync } from "node:fs";
import { minify } from "terser";

const MODULE = "./a";
const IMPORTS = 2;
const EXPORTS = 7;

const pairs = process.argv.slice(1);
for (let at = 0; at + 1 < pairs.length; at += 2) {
  const [script, program] = [pairs[at], pairs[at + 1]];
  const whole = readFileSync(script, "utf8")
    .replaceAll(/^export class /gm, "class ")
    .replaceAll(/^if \(Symbol\.dispose\).*$/gm, "")
    .replaceAll(": new FinalizationRegistry(", ": /*@__PURE__*/ new FinalizationRegistry(")
    .replace(/^export \{.*\bas default\b.*\};?$/m, "export { __wbg_init as default };");
  const used = await minified(whole, { mangle: false });
  const sections = [...sectionsOf(readFileSync(program))];
  const names = new Map();
  const short = (name) => names.get(name) ?? names.set(name, `_${names.size.toString(36)}`).get(name);
  const module = /"(\.\/[^"]*_bg\.js)"/.exec(used)?.[1];
  if (module === undefined) throw new Error(`${script} is not as wasm-bindgen wrote it`);

  for (const section of sections) {
    if (section.kind === IMPORTS) section.bytes = importsOf(section.bytes, short);
    if (section.kind === EXPORTS) {
      section.bytes = exportsOf(section.bytes, (name) => (uses(used, name) ? short(name) : undefined));
    }
  }
  let text = used.replaceAll(module, MODULE);
  for (const [name, its] of names) text = text.replaceAll(new RegExp(`(?<![\\w$])${escaped(name)}(?![\\w$])`, "g"), its);
  writeFileSync(program, Buffer.concat([Buffer.from("\0asm\x01\0\0\0", "latin1"), ...sections.map(written)]));
  writeFileSync(script, await minified(text, { mangle: { toplevel: true } }));
}

async function minified(text, { mangle }) {
  const compress = { module: true, toplevel: true, passes: 2 };
  return (await minify(text, { module: true, mangle, compress, format: { comments: false } })).code;
}

function uses(script, name) {
  return new RegExp(`\\bwasm\\.${escaped(name)}(?![\\w$])`).test(script);
}

function escaped(name) {
  return name.replaceAll(/[$.]/g, "\\$&");
}

function* sectionsOf(bytes) {
  let at = 8;
  while (at < bytes.length) {
    const kind = bytes[at];
    const [length, start] = number(bytes, at + 1);
    yield { kind, bytes: bytes.subarray(start, start + length) };
    at = start + length;
  }
}

function written({ kind, bytes }) {
  return Buffer.concat([Buffer.from([kind]), leb(bytes.length), bytes]);
}

/** The import section (WebAssembly core specification, 5.5.5) with its functions renamed. */
function importsOf(bytes, rename) {
  let [count, at] = number(bytes, 0);
  const parts = [leb(count)];
  for (; count > 0; count -= 1) {
    const module = name(bytes, at);
    const field = name(bytes, module.end);
    if (bytes[field.end] !== 0) throw new Error(`${field.text} is imported and no function`);
    const [, end] = number(bytes, field.end + 1);
    parts.push(string(MODULE), string(rename(field.text)), bytes.subarray(field.end, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** The export section (5.5.10) with what `rename` gives a name. */
function exportsOf(bytes, rename) {
  let [count, at] = number(bytes, 0);
  const parts = [];
  for (; count > 0; count -= 1) {
    const field = name(bytes, at);
    const [, end] = number(bytes, field.end + 1);
    const its = rename(field.text);
    if (its !== undefined) parts.push(Buffer.concat([string(its), bytes.subarray(field.end, end)]));
    at = end;
  }
  return Buffer.concat([leb(parts.length), ...parts]);
}

function name(bytes, at) {
  const [length, start] = number(bytes, at);
  return { text: bytes.toString("utf8", start, start + length), end: start + length };
}

function string(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([leb(bytes.length), bytes]);
}

/** An unsigned number of variable length (LEB128), and where it ends. */
function number(bytes, at) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[at];
    at += 1;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
    shift += 7;
  }
}

function leb(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return Buffer.from(bytes);
}
