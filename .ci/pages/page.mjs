// All checks of one page; each returns a list of faults, empty if the page is good.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { quietPage } from "./browser.mjs";
import { clipped, facts, figureTexts, folded } from "./measure.mjs";

export const WIDTHS = [320, 800, 1400];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const run = promisify(execFile);
const unique = (list) => [...new Set(list)];

function documentFaults(seen, file) {
  const faults = [];
  if (seen.lang !== "de") faults.push(`lang is "${seen.lang}", not "de"`);
  if (!seen.title) faults.push("no title");
  if (seen.h1 !== 1) faults.push(`${seen.h1} h1 instead of one`);
  faults.push(...seen.remote.map((text) => `remote address: ${text}`));
  faults.push(...seen.lost.map((href) => `link to nothing: ${href}`));
  faults.push(...seen.blank.map((name) => `image not shown: ${name}`));
  if (seen.unnamed) faults.push(`${seen.unnamed} figures without alt text`);
  for (const href of unique(seen.links)) {
    if (/^([a-z][a-z0-9+.-]*:|\/\/|#)/i.test(href)) continue;
    const target = join(dirname(file), decodeURIComponent(href.split(/[?#]/)[0]));
    if (!existsSync(target)) faults.push(`link to nothing: ${href}`);
  }
  return faults;
}

async function axeFaults(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (tags) => {
    const rules = { "target-size": { enabled: true } };
    const { violations } = await window.axe.run(document, { runOnly: { type: "tag", values: tags }, rules });
    return violations.map((v) => ({ id: v.id, help: v.help, where: v.nodes.map((n) => n.target.join(" ")) }));
  }, AXE_TAGS);
  return found.map((v) => `axe ${v.id}: ${v.help} (${v.where.length}×, e.g. ${v.where[0].slice(0, 80)})`);
}

const openAll = (page) => page.evaluate(() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
});

async function layoutFaults(page) {
  const faults = [];
  for (const [state, prepare] of [["folded", null], ["unfolded", openAll]]) {
    if (prepare) await prepare(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const found = await page.evaluate(clipped);
      faults.push(...found.map((text) => `${width} px, ${state}: ${text}`));
      if (state === "unfolded" && width !== 800) {
        faults.push(...(await axeFaults(page)).map((text) => `${width} px: ${text}`));
      }
    }
  }
  return faults;
}

async function printFaults(page, folder, key) {
  const wanted = await page.evaluate(folded);
  const path = join(folder, `${key}.pdf`);
  await page.pdf({ path, format: "A4", tagged: true, printBackground: true });
  const { stdout } = await run("pdftotext", ["-enc", "UTF-8", path, "-"], { maxBuffer: 1 << 26 });
  const printed = new Set(stdout.normalize("NFKC").split(/\s+/));
  return wanted.flatMap(({ name, numbers }) => {
    const lost = numbers.filter((word) => !printed.has(word));
    return lost.length ? [`print: ${lost.join(", ")} of the folded table "${name}" is missing in the PDF`] : [];
  });
}

/**
 * Look at each figure as a document at its natural size, with the given fonts. Verdana has the widths of
 * DejaVu Sans, so the pass with DejaVu stands for it; the pass without has those of Arial.
 */
async function figureFaults(browser, figures, folder, key, fonts) {
  const { page, log, close } = await quietPage(browser);
  const faults = [];
  for (const [i, { src, alt }] of figures.entries()) {
    const comma = src.indexOf(",");
    const body = src.slice(comma + 1);
    const bytes = /;base64/i.test(src.slice(0, comma)) ? Buffer.from(body, "base64") : Buffer.from(decodeURIComponent(body));
    const path = join(folder, `${key}-${i}.svg`);
    writeFileSync(path, bytes);
    await page.goto(pathToFileURL(path).href);
    const seen = await page.evaluate(figureTexts);
    faults.push(...seen.faults.map((text) => `figure ${i + 1} "${alt}" (${fonts}): ${text}`));
  }
  faults.push(...unique(log.requests).map((url) => `figure requests ${url}`));
  await close();
  return faults;
}

/** Check one page; `browsers` has one with all fonts (`full`) and one without DejaVu (`bare`). */
export async function checkPage(file, browsers, folder, shots) {
  const url = pathToFileURL(file).href;
  const key = createHash("sha256").update(file).digest("hex").slice(0, 12);
  const { page, log, close } = await quietPage(browsers.full);
  const faults = [];
  await page.goto(url, { waitUntil: "load" });
  if (shots) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(shots, `${basename(file, ".html")}-${width}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 1400, height: 900 });
  }
  const seen = await page.evaluate(facts);
  faults.push(...documentFaults(seen, file));
  faults.push(...await printFaults(page, folder, key));
  faults.push(...await layoutFaults(page));
  await close();
  faults.push(...unique(log.requests).map((text) => `request leaves: ${text}`));
  faults.push(...unique(log.errors).map((text) => `console: ${text}`));

  // Once more without the page's own policy, which would hide what it wanted to fetch.
  const open = await quietPage(browsers.full, { bypassCSP: true });
  await open.page.goto(url, { waitUntil: "load" });
  await openAll(open.page);
  await open.close();
  faults.push(...unique(open.log.requests).map((text) => `request leaves without the policy: ${text}`));

  faults.push(...await figureFaults(browsers.full, seen.svgs, folder, `${key}-full`, "all fonts"));
  faults.push(...await figureFaults(browsers.bare, seen.svgs, folder, `${key}-bare`, "without DejaVu"));
  return { title: seen.title, figures: seen.svgs.filter((f) => f.figure).length, faults: unique(faults) };
}
