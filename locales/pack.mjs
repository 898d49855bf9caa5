// Packs the languages beside English, which is in the program, into one file for the tablet, fetched with the first
// visit: each language's texts in the order of the keys, without the keys (build.rs numbers them the same way). Where a
// text depends on a number, the language's forms stand in its place.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const read = (name) => JSON.parse(readFileSync(`locales/${name}`, "utf8"));
const english = read("en.json");
const isOne = (key) => key.endsWith("_one") && `${key.slice(0, -4)}_other` in english;
const order = Object.keys(english).filter((key) => !key.startsWith("staff") && !isOne(key)).sort();
const packed = { order: createHash("sha256").update(order.join("\n")).digest("hex").slice(0, 8) };

const categories = ["zero", "one", "two", "few", "many", "other"];
for (const name of readdirSync("locales").filter((name) => /^[a-z-]+\.json$/i.test(name) && name !== "en.json").sort()) {
  const texts = read(name);
  packed[name.slice(0, -5)] = order.map((key) => {
    if (!key.endsWith("_other")) return texts[key] ?? null;
    const forms = categories.map((category) => [category, texts[`${key.slice(0, -6)}_${category}`]]);
    return Object.fromEntries(forms.filter(([, text]) => text));
  });
}
mkdirSync("target/locales", { recursive: true });
writeFileSync("target/locales/languages.json", JSON.stringify(packed));
