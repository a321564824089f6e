// Checks all finished pages below a folder:  node .ci/pages/check.mjs reports/ [--shots DIR]
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { start } from "./browser.mjs";
import { checkPage } from "./page.mjs";

const AT_ONCE = 2;

function htmlFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return htmlFiles(path);
    return entry.name.endsWith(".html") ? [path] : [];
  });
}

/** Check all pages of `folder`, two at a time; return and tell `[{ file, faults, figures }]` in the order of their names. */
export async function checkFolder(folder, { shots = null, tell = () => {} } = {}) {
  const files = htmlFiles(folder);
  const results = new Array(files.length);
  const [full, bare] = [await start(), await start({ dejavu: false })];
  const browsers = { full: full.browser, bare: bare.browser };
  let next = 0;
  let told = 0;
  const worker = async () => {
    while (next < files.length) {
      const i = next;
      next += 1;
      const name = relative(folder, files[i]);
      const place = shots && join(shots, relative(folder, join(files[i], "..")));
      if (place) mkdirSync(place, { recursive: true });
      try {
        results[i] = { file: name, ...await checkPage(files[i], browsers, full.folder, place) };
      } catch (error) {
        results[i] = { file: name, title: "", figures: 0, faults: [`check broke off: ${error.message}`] };
      }
      const twin = results.findIndex((r, j) => r && j !== i && r.title && r.title === results[i].title);
      if (twin >= 0) results[i].faults.push(`same title as ${results[twin].file}`);
      for (; results[told]; told += 1) tell(results[told]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await Promise.all([full.close(), bare.close()]);
  return results;
}

function tell({ file, faults, figures }) {
  console.log(`${faults.length ? "FAILED" : "ok    "} ${file} (${figures} figures${faults.length ? `, ${faults.length} faults` : ""})`);
  for (const fault of faults) console.log(`       - ${fault}`);
}

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { shots: { type: "string" } } });
  const folder = resolve(positionals[0] ?? "reports");
  const there = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  const results = there ? await checkFolder(folder, { shots: values.shots && resolve(values.shots), tell }) : [];
  const failed = results.filter((r) => r.faults.length).length;
  if (!results.length) console.log(`FAILED no page found in ${positionals[0] ?? "reports"}`);
  console.log(`${results.length - failed} passed, ${results.length ? failed : 1} failed`);
  process.exitCode = failed || !results.length ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) await main();
