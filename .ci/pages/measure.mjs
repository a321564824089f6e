// Functions that run inside a page. Each is self-contained, because it is sent there as text.

/** Everything about the document that does not depend on its width. */
export function facts() {
  const attributes = ["src", "srcset", "poster", "data"];
  const remote = [];
  for (const element of document.querySelectorAll("*")) {
    const names = element.localName === "link" ? ["href", ...attributes] : attributes;
    for (const name of names) {
      const value = element.getAttribute(name);
      if (value && /^\s*(https?:)?\/\//i.test(value)) remote.push(`${element.localName} ${name}=${value.slice(0, 80)}`);
    }
  }
  for (const style of document.querySelectorAll("style")) {
    const found = style.textContent.match(/(@import\s[^;]*|url\(\s*["']?(https?:)?\/\/[^)]*\))/gi) ?? [];
    remote.push(...found.map((text) => `style ${text.slice(0, 80)}`));
  }
  const links = [...document.querySelectorAll("a[href]")].map((a) => a.getAttribute("href"));
  return {
    lang: document.documentElement.lang,
    title: document.title.trim(),
    h1: document.querySelectorAll("h1").length,
    remote,
    links,
    lost: links.filter((href) => href.startsWith("#") && href.length > 1
      && !document.getElementById(decodeURIComponent(href.slice(1)))),
    blank: [...document.querySelectorAll("img")].filter((img) => !img.complete || !img.naturalWidth)
      .map((img) => img.alt || img.src.slice(0, 60)),
    unnamed: [...document.querySelectorAll("img[src^='data:image/svg']")].filter((img) => !img.alt.trim()).length,
    // Each figure, and each further form of it that a <picture> holds for some widths.
    svgs: [...document.querySelectorAll("img[src^='data:image/svg+xml'], source[srcset^='data:image/svg+xml']")]
      .map((e) => (e.localName === "img" ? { src: e.src, alt: e.alt.slice(0, 60), figure: true }
        : { src: e.srcset, alt: `${e.parentElement.querySelector("img")?.alt.slice(0, 40)} (${e.media})`, figure: false })),
  };
}

/** Numbers of folded tables, preferring those that stand nowhere else on the page. */
export function folded() {
  const words = (text) => text.normalize("NFKC").split(/\s+/).filter(Boolean);
  const number = (word) => /\d/.test(word) && /^[-+−]?[\d.,]+$/.test(word);
  const closed = [...document.querySelectorAll("details")].filter((d) => !d.open);
  const open = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const fold = walker.currentNode.parentElement.closest("details:not([open])");
    const shown = !fold || walker.currentNode.parentElement.closest("summary");
    if (shown) words(walker.currentNode.data).forEach((word) => open.add(word));
  }
  return closed.flatMap((fold) => {
    const cells = [...fold.querySelectorAll("td")].map((td) => words(td.textContent)[0] ?? "").filter(number);
    if (!cells.length) return [];
    const own = cells.filter((word) => !open.has(word));
    const few = (own.length ? own : cells).sort((a, b) => b.length - a.length).slice(0, 3);
    return [{ name: fold.querySelector("summary")?.textContent.trim().slice(0, 60) ?? "", numbers: few }];
  });
}

/** Text that is cut off, runs out of its box or out of the window at the present width. */
export function clipped() {
  const slack = 1.5;
  const found = new Map();
  const report = (kind, text) => {
    const short = text.trim().replace(/\s+/g, " ").slice(0, 50);
    if (!found.has(kind)) found.set(kind, []);
    if (!found.get(kind).includes(short)) found.get(kind).push(short);
  };
  const root = document.documentElement;
  if (root.scrollWidth > window.innerWidth) {
    report(`document is ${root.scrollWidth} px wide`, `window ${window.innerWidth} px`);
  }
  const style = new Map();
  const css = (element) => style.get(element) ?? style.set(element, getComputedStyle(element)).get(element);
  // Text for screen readers only: a box of one pixel, or one that is parked outside the window.
  const hiddenOnPurpose = (element) => {
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      const box = e.getBoundingClientRect();
      const out = ["absolute", "fixed"].includes(css(e).position);
      if (out && (box.width <= 1.5 || box.height <= 1.5 || box.right + scrollX <= 0 || box.bottom + scrollY <= 0)) {
        return true;
      }
    }
    return false;
  };
  const named = (e) => e.hasAttribute("aria-label") || e.hasAttribute("aria-labelledby");
  const reachable = (e) => e.tabIndex >= 0 && (e.getAttribute("role") === "region" || e.localName === "section") && named(e);
  const boxes = ["block", "table-cell", "list-item", "flex", "grid", "inline-block", "table-caption", "flow-root"];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || ["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT"].includes(parent.tagName)) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) continue;
    if (hiddenOnPurpose(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((r) => r.width > 0 && r.height > 0);
    if (!rects.length) continue;
    const left = Math.min(...rects.map((r) => r.left));
    const right = Math.max(...rects.map((r) => r.right));
    const top = Math.min(...rects.map((r) => r.top));
    const bottom = Math.max(...rects.map((r) => r.bottom));
    let scrolls = false;
    let own = true;
    for (let e = parent; e && e !== root; e = e.parentElement) {
      const box = e.getBoundingClientRect();
      const { overflowX, overflowY, display, position, clipPath } = css(e);
      const wide = left < box.left - slack || right > box.right + slack;
      // A line box is often a little higher than its parent: only a cut of a third of a line counts.
      const line = rects[0].height / 3;
      const high = top < box.top - line || bottom > box.bottom + line;
      if ((wide && ["hidden", "clip"].includes(overflowX)) || (high && ["hidden", "clip"].includes(overflowY))
        || ((wide || high) && clipPath !== "none")) {
        report(`text cut off in <${e.localName}>`, node.data);
        break;
      }
      if ((wide && ["auto", "scroll"].includes(overflowX)) || (high && ["auto", "scroll"].includes(overflowY))) {
        if (!reachable(e)) report(`<${e.localName}> scrolls but is no named region with tabindex`, node.data);
        scrolls = true;
        break;
      }
      if (own && boxes.includes(display)) {
        own = false;
        if (wide) report(`text runs out of <${e.localName}>`, node.data);
      }
      if (position === "fixed") break;
    }
    if (!scrolls && (left + scrollX < -slack || right + scrollX > window.innerWidth + slack)) {
      report("text outside the window", node.data);
    }
  }
  return [...found].map(([kind, texts]) => `${kind}: ${texts.slice(0, 3).map((t) => `"${t}"`).join(", ")}`
    + (texts.length > 3 ? ` and ${texts.length - 3} more` : ""));
}

/** Texts of an SVG document that leave the picture or lie on each other. */
export function figureTexts() {
  const svg = document.documentElement;
  const frame = svg.getBoundingClientRect();
  const trim = 0.14; // a text's box is higher than its letters, above and below
  const deep = 2; // px that two texts may share
  const texts = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim() && t.checkVisibility({
    visibilityProperty: true, opacityProperty: true }));
  const quads = texts.map((text) => {
    const box = text.getBBox();
    const matrix = text.getScreenCTM();
    const corner = (x, y) => new DOMPoint(x, y).matrixTransform(matrix);
    const [y0, y1] = [box.y + trim * box.height, box.y + (1 - trim) * box.height];
    return [corner(box.x, y0), corner(box.x + box.width, y0), corner(box.x + box.width, y1), corner(box.x, y1)];
  });
  const name = (i) => `"${texts[i].textContent.trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  const faults = [];
  quads.forEach((quad, i) => {
    const over = Math.max(...quad.map((p) => Math.max(
      frame.left - p.x, p.x - frame.right, frame.top - p.y, p.y - frame.bottom)));
    if (over > 1) faults.push(`text ${name(i)} leaves the picture by ${over.toFixed(1)} px`);
  });
  // Separating axes: the least depth over the edges' normals is how deep two boxes share.
  const depth = (a, b) => {
    let least = Infinity;
    for (const quad of [a, b]) {
      for (const [p, q] of [[quad[0], quad[1]], [quad[1], quad[2]]]) {
        const length = Math.hypot(q.x - p.x, q.y - p.y) || 1;
        const along = (r) => (r.x * (p.y - q.y) + r.y * (q.x - p.x)) / length;
        const [sa, sb] = [a.map(along), b.map(along)];
        least = Math.min(least, Math.max(...sa) - Math.min(...sb), Math.max(...sb) - Math.min(...sa));
      }
    }
    return least;
  };
  for (let i = 0; i < quads.length; i += 1) {
    for (let j = i + 1; j < quads.length; j += 1) {
      const shared = depth(quads[i], quads[j]);
      if (shared > deep) faults.push(`texts ${name(i)} and ${name(j)} lie on each other by ${shared.toFixed(1)} px`);
    }
  }
  return { faults, texts: texts.length, width: texts.reduce((sum, t) => sum + t.getBBox().width, 0) };
}
