// Starts the browser: headless, offline, a new profile each time; optionally without the DejaVu fonts.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--allow-file-access-from-files",
];

const WITHOUT_DEJAVU = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <selectfont><rejectfont><glob>*DejaVu*</glob></rejectfont></selectfont>
  <alias binding="same"><family>sans-serif</family><prefer><family>Liberation Sans</family></prefer></alias>
</fontconfig>
`;

export function program() {
  const names = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = names.find((name) => name && existsSync(name));
  if (!found) throw new Error("no Chromium found; install it or name it in the variable CHROMIUM");
  return found;
}

/** Return `{ browser, close }`; the launcher gives every start a user-data-dir of its own. */
export async function start({ dejavu = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  const env = { ...process.env, TZ: "Europe/Berlin", LANG: "de_DE.UTF-8" };
  if (!dejavu) {
    env.FONTCONFIG_FILE = join(folder, "fonts.conf");
    writeFileSync(env.FONTCONFIG_FILE, WITHOUT_DEJAVU);
  }
  const browser = await chromium.launch({ executablePath: program(), headless: true, args: FLAGS, env });
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { browser, close, folder };
}

/** A new page in a context of its own that lets nothing out; `log` collects what it tried and complained. */
export async function quietPage(browser, { bypassCSP = false, width = 1400 } = {}) {
  const context = await browser.newContext({ bypassCSP, viewport: { width, height: 900 }, locale: "de-DE" });
  const log = { requests: [], errors: [] };
  const local = (url) => /^(file|data|blob|about):/i.test(url);
  await context.route((url) => !local(url.href), (route) => route.abort());
  const page = await context.newPage();
  page.on("request", (request) => {
    if (!local(request.url())) log.requests.push(request.url().slice(0, 100));
  });
  page.on("websocket", (socket) => log.requests.push(socket.url().slice(0, 100)));
  page.on("console", (message) => {
    if (message.type() === "error") log.errors.push(message.text().replace(/\s+/g, " ").slice(0, 200));
  });
  page.on("pageerror", (error) => log.errors.push(String(error).slice(0, 200)));
  page.on("requestfailed", (request) => {
    if (local(request.url())) log.errors.push(`not loaded: ${request.url().split("/").pop().slice(0, 80)}`);
  });
  return { page, log, close: () => context.close() };
}
