// The checks must find each fault that is put into a good page:  node --test .ci/pages
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { quietPage, start } from "./browser.mjs";
import { checkFolder } from "./check.mjs";
import { figureTexts } from "./measure.mjs";

const svg = (texts) => `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="120" viewBox="0 0 300 120">
${texts.map(([x, y, text, more = ""]) => `<text x="${x}" y="${y}" style="font: 12px 'DejaVu Sans', sans-serif" ${more}>${text}</text>`).join("\n")}
</svg>`;
const address = (texts) => `data:image/svg+xml;base64,${Buffer.from(svg(texts)).toString("base64")}`;
const img = (texts) => `<img alt="Haushalte 2022 bis 2040" src="${address(texts)}">`;
const GOOD_TEXTS = [[10, 20, "Haushalte"], [10, 38, "2022 bis 2040"], [20, 118, "1.234"], [295, 118, "Ende", 'text-anchor="end"'],
  [0, 0, "Achse", 'transform="translate(290 80) rotate(-90)"'], [0, 0, "schräg", 'transform="translate(130 100) rotate(-45)"'],
  [0, 0, "auch schräg", 'transform="translate(150 100) rotate(-45)"']];
const CSP = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`;
const STYLE = `body{font:16px/1.5 sans-serif;margin:1rem}img{max-width:100%}.scroll{overflow-x:auto}
th,td{padding:.2rem 1rem;white-space:nowrap}.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media print{details::details-content{content-visibility:visible;height:auto;display:block}}`;
const table = (n) => `<div class="scroll" tabindex="0" role="region" aria-label="Tabelle ${n}"><table><caption>Haushalte ${n}</caption>
<thead><tr><th scope="col">Jahr</th><th scope="col">Haushalte in der Planungseinheit insgesamt</th></tr></thead>
<tbody><tr><th scope="row">2022</th><td>99.158</td></tr><tr><th scope="row">2040</th><td>101.${n}</td></tr></tbody></table></div>`;
const page = ({ lang = "de", title = "Bedarf", head = CSP, style = STYLE, h1 = "<h1>Bedarf</h1>", figure = img(GOOD_TEXTS), body = "",
  end = "" } = {}) => `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${title}</title><style>${style}</style></head><body><main>${h1}<p>Text über den Bedarf. <span class="sr">Nur für Vorlesegeräte, ein langer Satz</span></p>
${figure}<details><summary>Tabelle</summary>${table("777")}</details>${body}</main>${end}</body></html>`;

// name: [page, the words of the fault that must be found]
const CASES = {
  good: [page(), null],
  english: [page({ title: "b1", lang: "en" }), /lang is "en"/],
  untitled: [page({ title: "" }), /no title/],
  twoHeads: [page({ title: "b2", body: "<h1>Noch einer</h1>" }), /2 h1/],
  remoteImage: [page({ title: "b3", head: "", body: '<img alt="Logo" src="https://example.org/a.png">' }), /request leaves: https/],
  remoteBlocked: [page({ title: "b4", body: '<img alt="Logo" src="https://example.org/a.png">' }), /without the policy: https/],
  remoteFont: [page({ title: "b5", style: `${STYLE}@font-face{font-family:f;src:url(https://example.org/f.woff2)}h1{font-family:f}` }),
    /remote address: style/],
  script: [page({ title: "b6", end: "<script>1</script>" }), /console: .*Content Security Policy/],
  thrown: [page({ title: "b7", head: "", end: "<script>throw new Error('kaputt')</script>" }), /console: .*kaputt/],
  contrast: [page({ title: "b8", body: '<p style="color:#bbb;background:#fff">blass</p>' }), /axe color-contrast/],
  noRegion: [page({ title: "b9", end: "<p>außerhalb</p>" }), /axe region/],
  noAlt: [page({ title: "b10", body: '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">' }), /axe image-alt/],
  wide: [page({ title: "b11", body: '<div style="width:900px;background:#eee">breit</div>' }), /800 px, folded: document is 9\d\d px wide/],
  cut: [page({ title: "b12", body: '<p style="width:60px;overflow:hidden;white-space:nowrap">wird abgeschnitten</p>' }), /text cut off in <p>/],
  cutHeight: [page({ title: "b13", body: '<p style="width:9em;height:1.5em;overflow:hidden">eine Zeile und dann noch eine Zeile</p>' }), /text cut off in <p>/],
  out: [page({ title: "b14", body: '<p style="width:60px;white-space:nowrap">läuft aus dem Kasten</p>' }), /text runs out of <p>/],
  hiddenBody: [page({ title: "b15", style: `${STYLE}html,body{overflow-x:hidden}`, body: '<div style="width:900px;text-align:right">ganz rechts</div>' }),
    /320 px, folded: text (cut off|outside)/],
  scrollUnnamed: [page({ title: "b16", body: table("778").replace('tabindex="0" role="region"', "") }), /no named region/],
  cutInFold: [page({ title: "b17", body: '<details><summary>mehr</summary><p style="width:60px;overflow:hidden;white-space:nowrap">wird abgeschnitten</p></details>' }),
    /unfolded: text cut off/],
  notPrinted: [page({ title: "b18", style: STYLE.replace(/@media print.*/, "") }), /print: 101\.777.* of the folded table "Tabelle"/],
  svgOut: [page({ title: "b19", figure: img([[280, 40, "zu weit rechts"]]) }), /leaves the picture/],
  svgOverlap: [page({ title: "b20", figure: img([[10, 40, "Haushalte"], [40, 44, "Wohnungen"]]) }), /lie on each other/],
  svgTurned: [page({ title: "b21", figure: img([[0, 0, "senkrecht und zu lang", 'transform="translate(290 80) rotate(-90)"']]) }), /leaves the picture/],
  svgNarrow: [page({ title: "b22", figure: `<picture><source media="(max-width: 34rem)" srcset="${address([[280, 40, "zu weit rechts"]])}">${img(GOOD_TEXTS)}</picture>` }),
    /\(max-width: 34rem\).*leaves the picture/],
  lostLink: [page({ title: "b23", body: '<a href="fehlt.html">fehlt</a> <a href="#weg">weg</a>' }), /link to nothing: fehlt.html/],
  brokenImage: [page({ title: "b24", head: "", body: '<img alt="fehlt" src="fehlt.png">' }), /image not shown: fehlt/],
};

let folder;
let results;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "pages-test-"));
  mkdirSync(join(folder, "sub"));
  for (const [name, [html]] of Object.entries(CASES)) writeFileSync(join(folder, `${name}.html`), html);
  writeFileSync(join(folder, "sub", "twin.html"), page());
  results = Object.fromEntries((await checkFolder(folder)).map((r) => [r.file, r.faults]));
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const [name, [, words]] of Object.entries(CASES)) {
  test(words ? `finds: ${name}` : "a good page has no fault", () => {
    const faults = results[`${name}.html`];
    if (words) assert.ok(faults.some((fault) => words.test(fault)), `not found ${words}; found:\n${faults.join("\n")}`);
    else assert.deepEqual(faults, []);
  });
}
test("finds: a title that stands twice", () => {
  assert.match(results[join("sub", "twin.html")].join("\n"), /same title as good.html/);
});
test("no other fault is invented", () => {
  // One fault shows at three widths, folded and unfolded, at most.
  assert.deepEqual(Object.entries(results).filter(([name, faults]) => name !== "hiddenBody.html" && faults.length > 6), []);
});
test("the second pass measures figures without DejaVu", async () => {
  const path = join(folder, "figure.svg");
  writeFileSync(path, svg(GOOD_TEXTS));
  const widths = [];
  for (const dejavu of [true, false]) {
    const { browser, close } = await start({ dejavu });
    const { page } = await quietPage(browser);
    await page.goto(pathToFileURL(path).href);
    widths.push((await page.evaluate(figureTexts)).width);
    await close();
  }
  assert.ok(widths[1] < 0.95 * widths[0], `widths ${widths}`);
});
