// Drives notebooks/werkstatt.ipynb in JupyterLab:  node .ci/pages/werkstatt.mjs [--shots DIR] [--python FILE]
// Works in a copy of the workbook, on a port of its own; ends its server and says what failed.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { start } from "./browser.mjs";

const HOME = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const TOKEN = "werkstatt";
const PATIENCE = 120_000; // milliseconds for the server and for the first answer
const SOON = 5_000; // for what follows a key; the answer itself is measured in the kernel
const TITLE = "Aus der Werkstatt";
const SCENARIO = "aus_der_werkstatt";

function freePort() {
  return new Promise((done, fail) => {
    const server = createServer().once("error", fail).listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Lay out a workbook whose tables are ours and whose scenarios and notebooks are copies. */
function workbook(folder) {
  for (const name of ["notebooks", "scenarios"]) cpSync(join(HOME, name), join(folder, name), { recursive: true });
  symlinkSync(join(HOME, "data"), join(folder, "data"));
  return folder;
}

async function serve(python, home, folder) {
  const port = await freePort();
  const own = Object.fromEntries(["CONFIG", "DATA", "RUNTIME"].map((n) => [`JUPYTER_${n}_DIR`, join(folder, n)]));
  const child = spawn(python, [
    "-m", "jupyter", "lab", "--no-browser", "--ip=127.0.0.1", `--port=${port}`, "--ServerApp.port_retries=0",
    `--IdentityProvider.token=${TOKEN}`, `--ServerApp.root_dir=${home}`, "--LabApp.check_for_updates_class=",
    "--LabApp.news_url=", "--allow-root",
  ], { env: { ...process.env, ...own, WOHNLIB_HOME: home, PYTHONPATH: HOME }, stdio: ["ignore", "ignore", "pipe"], detached: true });
  let said = "";
  child.stderr.on("data", (text) => { said = (said + text).slice(-4000); });
  const ended = new Promise((done) => child.once("exit", done));
  const signal = (name) => { try { process.kill(-child.pid, name); } catch { /* has ended */ } };
  const stop = async () => { // the server ends its kernels itself
    signal("SIGTERM");
    const last = setTimeout(() => signal("SIGKILL"), 10_000);
    await ended;
    clearTimeout(last);
  };
  const address = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + PATIENCE; Date.now() < end;) {
    if (child.exitCode !== null) throw new Error(`JupyterLab ended: ${said}`);
    const answer = await fetch(`${address}/api/status?token=${TOKEN}`).catch(() => null);
    if (answer?.ok) return { address, stop };
    await new Promise((done) => setTimeout(done, 300));
  }
  await stop();
  throw new Error(`JupyterLab does not answer: ${said}`);
}

async function runAll(page) {
  await page.locator(".jp-Notebook .jp-CodeCell").nth(1).waitFor({ timeout: PATIENCE });
  await page.locator("#jp-main-statusbar", { hasText: "| Idle" }).waitFor({ timeout: PATIENCE });
  await page.addLocatorHandler(page.locator(".jp-Dialog"), () => page.locator(".jp-Dialog .jp-mod-accept").click());
  await page.locator(".lm-MenuBar-itemLabel", { hasText: /^Run$/ }).click();
  await page.locator(".lm-Menu-itemLabel", { hasText: /^Run All Cells$/ }).click();
  await page.locator(".jp-OutputArea .widget-hslider").first().waitFor({ timeout: PATIENCE });
}

/** Read the answer's heading and the table's figures. */
const reading = (page) => page.evaluate(() => {
  const box = document.querySelector(".jp-OutputArea .widget-html h3")?.closest(".widget-html");
  return {
    heading: box?.querySelector("h3")?.textContent ?? "",
    cells: [...box?.querySelectorAll("td") ?? []].map((cell) => cell.textContent),
    bars: [...box?.querySelectorAll("svg rect") ?? []].map((bar) => bar.getAttribute("width")),
  };
});

async function changed(page, before) {
  for (const end = Date.now() + SOON; Date.now() < end;) {
    const now = await reading(page);
    if (now.heading && now.heading !== before.heading) return now;
    await page.waitForTimeout(10);
  }
  throw new Error(`the answer does not change: ${before.heading}`);
}

async function drive(page, faults, shoot) {
  await runAll(page);
  const first = await reading(page);
  await shoot("1-start");
  const clipped = await page.evaluate(() => {
    const labels = [...document.querySelectorAll(".jp-OutputArea .widget-label, .jp-OutputArea .widget-readout")];
    return labels.filter((label) => label.scrollWidth > label.clientWidth).map((label) => label.textContent);
  });
  faults.push(...clipped.map((text) => `cut off: ${text}`));
  const output = await page.locator(".jp-OutputArea-output", { has: page.locator(".widget-hslider") }).first()
    .evaluate((box) => [box.scrollWidth, box.clientWidth]);
  if (output[0] > output[1] + 1) faults.push(`the workshop is ${output[0]} px wide in ${output[1]} px`);

  const handle = page.locator(".jp-OutputArea .widget-hslider .noUi-handle").first();
  const pace = [];
  let now = first;
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight"]) {
    const since = Date.now();
    await handle.press(key);
    now = await changed(page, now);
    pace.push(Date.now() - since);
  }
  if (String(now.cells) === String(first.cells)) faults.push("the table does not change");
  if (String(now.bars) === String(first.bars)) faults.push("the figure does not change");
  await shoot("2-moved");

  const [, split, save] = [0, 1, 2].map((n) => page.locator(".jp-OutputArea button").nth(n));
  await split.click();
  await page.locator(".jp-OutputArea .widget-html table").nth(1).waitFor({ timeout: SOON });
  await shoot("3-split");
  await page.locator(".jp-OutputArea .widget-text input").fill(TITLE);
  await page.locator(".jp-OutputArea .widget-text input").press("Tab");
  await save.click();
  await page.locator(".jp-OutputArea .widget-html", { hasText: `${SCENARIO}.yaml` }).waitFor({ timeout: SOON });
  await shoot("4-saved");
  return { first: first.heading, last: now.heading, pace };
}

async function main() {
  const { values } = parseArgs({ options: { shots: { type: "string" }, python: { type: "string" } } });
  const own = join(HOME, ".venv/bin/python");
  const python = values.python ?? (existsSync(own) ? own : process.env.PYTHON ?? "python3");
  const folder = mkdtempSync(join(tmpdir(), "werkstatt-"));
  const home = workbook(join(folder, "workbook"));
  const faults = [];
  let server;
  let chrome;
  let shoot = async () => {};
  try {
    server = await serve(python, home, folder);
    chrome = await start();
    const page = await chrome.browser.newPage({ viewport: { width: 1280, height: 1000 }, locale: "de-DE" });
    page.on("pageerror", (error) => faults.push(`page: ${String(error).slice(0, 200)}`));
    if (values.shots) mkdirSync(values.shots, { recursive: true });
    shoot = async (name) => {
      if (values.shots) await page.screenshot({ path: join(values.shots, `${name}.png`) });
    };
    await page.goto(`${server.address}/lab/tree/notebooks/werkstatt.ipynb?token=${TOKEN}`);
    const seen = await drive(page, faults, shoot);
    console.log(`${seen.first}\n${seen.last}\nfrom key to new answer on the page: ${seen.pace.join(", ")} ms`);
    const file = join(home, "scenarios", `${SCENARIO}.yaml`);
    if (!existsSync(file)) faults.push("no scenario file was written");
    else {
      const env = { ...process.env, WOHNLIB_HOME: home, PYTHONPATH: HOME };
      console.log(execFileSync(python, ["-m", "wohnlib", "scenario", "check", file], { env, encoding: "utf8" }).trim());
      if (!readFileSync(file, "utf8").includes("national_target")) faults.push("the scenario lacks the moved assumption");
    }
  } catch (error) {
    faults.push(String(error.message).slice(0, 800));
    await shoot("failed").catch(() => {});
  } finally {
    await chrome?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const fault of faults) console.log(`- ${fault}`);
  console.log(faults.length ? "FAILED werkstatt" : "ok     werkstatt");
  process.exitCode = faults.length ? 1 : 0;
}

await main();
