// express-pouchdb on LevelDB, PouchDB's default storage in Node, and the page beside it: `node server.cjs DATA PAGE LISTINGS`.
// Prints its port when the listings are stored, and runs until its input ends.
"use strict";
const { mkdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const express = require("express");
const expressPouchDB = require("express-pouchdb");
const PouchDB = require("pouchdb");

const [data, page, listings] = process.argv.slice(2);
const databases = join(data, "databases/");
mkdirSync(databases, { recursive: true });
const OnDisk = PouchDB.defaults({ prefix: databases });

async function start() {
  const app = express();
  // What replication needs and no more; the answers are compressed with gzip. It knows only databases that are made after it.
  const options = { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: join(data, "log.txt") };
  app.use("/db", expressPouchDB(OnDisk, options));
  const rows = JSON.parse(readFileSync(listings, "utf8"));
  const published = new OnDisk("listings");
  const results = await published.bulkDocs(rows.map(({ id, ...fields }) => ({ _id: id, ...fields })));
  const refused = results.find(({ error }) => error);
  if (refused) throw new Error(JSON.stringify(refused));
  app.use(express.static(page));
  const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

process.stdin.on("end", () => process.exit()).resume();
start().catch((error) => {
  console.error(error);
  process.exit(1);
});
