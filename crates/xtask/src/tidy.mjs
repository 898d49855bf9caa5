// What is not the program: takes the rules that no page uses out of the style sheets of the build, for GOV.UK Frontend's
// parts come whole, and the comments out of our own scripts.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { PurgeCSS } from "purgecss";
import { minify } from "terser";

const dist = process.argv[1];
const styles = readdirSync(dist).filter((name) => name.endsWith(".css"));
const sources = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".rs")).map((name) => `src/${name}`);
const purge = async (content) =>
  new PurgeCSS().purge({
    content: [...content, "index.html"],
    css: styles.map((name) => `${dist}/${name}`),
    defaultExtractor: (text) => text.match(/[\w!-]+/g) ?? [],
    variables: true,
    // Classes that pages put together from parts: components/choices.rs, components/notice.rs, pages/resident/home.rs.
    safelist: [/^govuk-(radios|checkboxes)(__(input|item|label))?$/, /^ct-(notice|door)--/],
  });
// The programs of staff and of surveys bring a sheet of their own, each whole, so that the order of the rules stays:
// boot.js adds it.
const without = (pages) => purge(sources.filter((name) => !pages.test(name)));
for (const [program, sheets] of [["staff", await purge(sources)], ["survey", await without(/\bstaff\b/)]]) {
  writeFileSync(`${dist}/${program}.css`, sheets.map(({ css }) => css).join(""));
}
const everyones = await without(/\bstaff\b|\bresident\/(survey|question)\//);
for (const { css, file } of everyones) writeFileSync(file, css);

// Not compressed further: the service worker's marks are filled in afterwards.
for (const name of ["boot.js", "sw.js"]) {
  const file = `${dist}/${name}`;
  const { code } = await minify(readFileSync(file, "utf8"), { module: name === "boot.js", compress: false });
  writeFileSync(file, code);
}
