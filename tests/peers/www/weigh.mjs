// Prints how many bytes each file named has in brotli at its highest quality, as one JSON list.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

console.log(JSON.stringify(process.argv.slice(2).map((file) => brotliCompressSync(readFileSync(file)).length)));
