
"use strict";
/* The moving parts of a report: a graph on two canvases, and a table of the same.
   Names come from strangers: they become text (textContent, fillText, text nodes), never markup. */
(() => {
  const id = (name) => document.getElementById(name);
  const make = (name, text = "", parent = null) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const count = (n) => n.toLocaleString("en");
  const posts = (n) => `${count(n)} ${n === 1 ? "post" : "posts"}`;

  /* ---- light and dark ---- */

  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const isDark = () => (chosen ? chosen === "dark" : system.matches);
  const repainted = []; // what follows the colours
  id("theme").addEventListener("click", () => {
    chosen = isDark() ? "light" : "dark";
    document.documentElement.style.colorScheme = chosen;
    repainted.forEach((paint) => paint());
  });
  system.addEventListener("change", () => repainted.forEach((paint) => paint()));

  const data = JSON.parse(id("data").textContent);
  if (!data) return;

  /* ---- the graph ---- */

  const { hosts, x, y, r, community, strength, directed } = data;
  const n = hosts.length;
  const m = data.edges.length / 4;
  const answered = data.outcome.map((o) => data.answered[o] === 1);
  const one = new Int32Array(m), other = new Int32Array(m), weight = new Float64Array(m);
  const forth = new Float64Array(m), back = new Float64Array(m); // posts of the other read on the one, and the other way
  for (let e = 0, a = 0; e < m; e++) {
    a += data.edges[4 * e];
    one[e] = a;
    other[e] = data.edges[4 * e + 1];
    forth[e] = data.edges[4 * e + 2];
    back[e] = data.edges[4 * e + 3];
    weight[e] = forth[e] + back[e];
  }
  // heaviest first; one number holds weight and place, because typed arrays sort numbers fast
  const SHIFT = 2 ** 20;
  const heaviest = weight.map((w, e) => Math.min(w, 2 ** 32) * SHIFT + (SHIFT - 1 - e)).sort().reverse().map((key) => SHIFT - 1 - (key % SHIFT));
  // the edges of node i: near[first[i]] ... near[first[i + 1] - 1]
  const first = new Int32Array(n + 1);
  for (let e = 0; e < m; e++) { first[one[e] + 1]++; first[other[e] + 1]++; }
  for (let i = 0; i < n; i++) first[i + 1] += first[i];
  const near = new Int32Array(2 * m), filled = first.slice();
  for (const e of heaviest) { near[filled[one[e]]++] = e; near[filled[other[e]]++] = e; }

  const busiest = hosts.map((_, i) => i).sort((i, j) => strength[j] - strength[i] || i - j);
  const stops = [...new Set(weight)].sort((a, b) => a - b);
  if (!stops.length) stops.push(0);
  let least = stops[0];
  const reach = (i) => (first[i] < first[i + 1] ? weight[near[first[i]]] : Infinity); // a lone start is always shown
  const shown = (i) => reach(i) >= least;

  let last = { node: -1, least: 0, ties: [] };
  /** The ties of an instance, strongest first: the other, all posts, those of the other read here, those of this read there. */
  function ties(i) {
    if (last.node === i && last.least === least) return last.ties;
    const found = new Map();
    for (let k = first[i]; k < first[i + 1]; k++) {
      const e = near[k];
      if (weight[e] < least) break;
      const j = one[e] === i ? other[e] : one[e];
      const tie = found.get(j) || { node: j, all: 0, here: 0, there: 0 };
      tie.all += weight[e];
      tie.here += one[e] === i ? forth[e] : back[e];
      tie.there += one[e] === i ? back[e] : forth[e];
      found.set(j, tie);
    }
    const sorted = [...found.values()];
    if (directed) sorted.sort((a, b) => b.all - a.all || a.node - b.node); // one-way edges come heaviest first, but two make a tie
    last = { node: i, least, ties: sorted };
    return sorted;
  }

  /** Why an edge stands, in words: how many posts, in which direction, seen on whose timeline; and how many that is of those read. */
  function why(i, tie) {
    const j = tie.node, told = [];
    if (tie.here) told.push(`${posts(tie.here)} of ${hosts[j]} read on ${hosts[i]}`);
    if (tie.there) told.push(`${posts(tie.there)} of ${hosts[i]} read on ${hosts[j]}`);
    else if (!answered[j]) told.push(`the timeline of ${hosts[j]} was not seen`);
    const read = directed ? (tie.here ? data.read[i] : 0) + (tie.there ? data.read[j] : 0) : data.read[i] + data.read[j];
    if (read) told.push(`${perThousand(1000 * tie.all / read)} of every 1,000 posts read`);
    return told;
  }
  const perThousand = (rate) => (rate >= 10 ? count(Math.round(rate)) : String(Number(rate.toPrecision(2))));

  /* ---- the view ---- */

  const stage = id("stage"), base = id("base"), words = id("words"), over = id("over"), info = id("info");
  const baseContext = base.getContext("2d"), wordsContext = words.getContext("2d"), overContext = over.getContext("2d");
  let width = 0, height = 0, dots = 1;
  let view = { k: 1, x: 0, y: 0 };
  let whole = 1; // the scale at which all is seen
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const theme = () => data.themes[isDark() ? "dark" : "light"];
  const ink = (c) => { const { colours } = theme(); return colours[c < 0 || c >= colours.length ? colours.length - 1 : c]; };
  const radius = (i, v) => Math.max(2.2, r[i] * whole * 1.15 * Math.pow(v.k / whole, 0.6));
  const at = (i, v) => [x[i] * v.k + v.x, y[i] * v.k + v.y];

  function everything(w, h) {
    const wide = Math.max(...[1, ...x]), high = Math.max(...[1, ...y]);
    const side = Math.min(90, w * 0.13), edge = 34;
    const k = Math.min(1, (w - 2 * side) / wide, (h - 2 * edge) / high); // a lone instance does not fill the screen
    return { k, x: (w - wide * k) / 2, y: (h - high * k) / 2 };
  }

  /* Lines in few strokes: one Path2D for each community and weight class, in the graph's own measure. */
  const LEVELS = 5;
  let batches = [], drawn = 0;
  const low = Math.log(stops[0] || 1), span = Math.log(stops[stops.length - 1] || 1) - low || 1;
  const levelOf = (e) => Math.min(LEVELS - 1, Math.floor(((Math.log(weight[e]) - low) / span) * LEVELS));
  const insideOf = (e) => (community[one[e]] === community[other[e]] ? community[one[e]] : -2); // -2: between two
  function batch() {
    const found = new Map();
    let above = 0;
    for (const e of heaviest) { if (weight[e] < least) break; above++; }
    drawn = Math.min(above, data.most);
    for (let k = 0; k < drawn; k++) {
      const e = heaviest[k], a = one[e], b = other[e];
      const c = insideOf(e), level = levelOf(e);
      const key = level * 100 + c + 2;
      let entry = found.get(key);
      if (!entry) found.set(key, (entry = { c, level, path: new Path2D() }));
      entry.path.moveTo(x[a], y[a]);
      entry.path.lineTo(x[b], y[b]);
    }
    batches = [...found].sort((a, b) => a[0] - b[0]).map((pair) => pair[1]);
    id("least-posts").textContent = posts(least);
    id("drawn").textContent = `${count(above)} ${above === 1 ? "edge" : "edges"} between ${count(busiest.filter(shown).length)} instances` +
      (drawn < above ? `; drawn: the ${count(drawn)} heaviest` : "");
  }
  const lineWidth = (level) => 0.6 + 0.7 * level;
  const lineOpacity = (level) => Math.min(0.85, (0.14 + 0.1 * level) * Math.min(1.5, (1200 / Math.max(drawn, 1)) ** 0.3));

  function disc(g, i, v) {
    const [px, py] = at(i, v), size = radius(i, v), colour = ink(community[i]);
    g.beginPath();
    g.arc(px, py, size, 0, 7);
    g.fillStyle = answered[i] ? colour : theme().paper;
    g.fill();
    g.lineWidth = answered[i] ? 1 : Math.min(2, size / 2);
    g.strokeStyle = answered[i] ? theme().paper : colour;
    g.stroke();
    if (i === data.start) {
      g.beginPath();
      g.arc(px, py, size + 4, 0, 7);
      g.lineWidth = 2;
      g.strokeStyle = theme().ink;
      g.stroke();
    }
  }

  /* ---- names: never on each other, the biggest at any price ---- */

  const FORCED = 8, CELL = 48, NEAR = 6; // a name this near to another's disc would seem to be that one's
  const widths = new Map();
  function font(i, rank) {
    const size = (rank < 3 ? 17 : rank < FORCED ? 15 : rank < 30 ? 13 : 12) - (width < 520 ? 2 : 0);
    return [size, `${rank < FORCED ? 600 : 400} ${size}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`];
  }
  function names(g, order, v, w, h, most) {
    const cells = new Map();
    const visit = (box, use) => {
      for (let cx = Math.floor(box[0] / CELL); cx <= Math.floor(box[2] / CELL); cx++)
        for (let cy = Math.floor(box[1] / CELL); cy <= Math.floor(box[3] / CELL); cy++) if (use(cx * 65536 + cy)) return true;
      return false;
    };
    const add = (box, own) => visit(box, (cell) => {
      if (cells.has(cell)) cells.get(cell).push([box, own]); else cells.set(cell, [[box, own]]);
    });
    const wider = ([left, top, right, bottom]) => [left - NEAR, top - NEAR / 2, right + NEAR, bottom + NEAR / 2];
    const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
    const free = (box, own, discsToo) => !visit(wider(box), (cell) => (cells.get(cell) || []).some(([b, i]) =>
      (i < 0 ? meet(box, b) : discsToo && i !== own && meet(wider(box), b))));
    const covered = (tight, own) => order.slice(0, 60).reduce((sum, i) => {
      const box = wider(tight), [px, py] = at(i, v), size = radius(i, v);
      const wide = Math.min(box[2], px + size) - Math.max(box[0], px - size), high = Math.min(box[3], py + size) - Math.max(box[1], py - size);
      return sum + (i !== own && wide > 0 && high > 0 ? 300 + wide * high * (size / 8) : 0);
    }, 0);
    for (const i of order) {
      const [px, py] = at(i, v), size = radius(i, v);
      if (px > -50 && py > -50 && px < w + 50 && py < h + 50) add([px - size, py - size, px + size, py + size], i);
    }
    const placed = [];
    let rank = -1;
    for (const i of order) {
      if (placed.length >= most) break;
      rank++;
      const [px, py] = at(i, v), gap = radius(i, v) + (i === data.start ? 8 : 4);
      if (px < 0 || py < 0 || px > w || py > h) continue;
      const [size, style] = font(i, rank), key = style + hosts[i];
      if (!widths.has(key)) { g.font = style; widths.set(key, g.measureText(hosts[i]).width); }
      const long = widths.get(key), half = size * 0.62;
      const corners = [[px + gap, py], [px - gap - long, py], [px - long / 2, py - gap - half], [px - long / 2, py + gap + half],
        [px + gap * 0.7, py - gap * 0.7 - half / 2], [px - gap * 0.7 - long, py - gap * 0.7 - half / 2],
        [px + gap * 0.7, py + gap * 0.7 + half / 2], [px - gap * 0.7 - long, py + gap * 0.7 + half / 2]];
      if (rank < FORCED) for (const lift of [0.8, -0.8, 1.6, -1.6]) corners.push([px + gap, py + lift * size], [px - gap - long, py + lift * size], [px - long / 2, py + Math.sign(lift) * gap + lift * size]);
      const boxOf = ([lx, ly]) => [lx - 2, ly - half, lx + long + 2, ly + half];
      const inside = corners.filter(([lx, ly]) => lx > 2 && lx + long < w - 2 && ly - half > 2 && ly + half < h - 2);
      let spot = inside.find((corner) => free(boxOf(corner), i, true));
      if (!spot && rank < FORCED) {
        // at any price: off all names, and over as little of other discs as can be; big ones are dear
        const price = (corner) => covered(boxOf(corner), i) + Math.abs(corner[1] - py);
        spot = inside.filter((corner) => free(boxOf(corner), i, false)).sort((a, b) => price(a) - price(b))[0];
      }
      if (!spot) continue;
      add(boxOf(spot), -1);
      placed.push({ node: i, x: spot[0], y: spot[1], size, style, bold: rank < FORCED });
    }
    return placed;
  }
  function write(g, placed) {
    g.textBaseline = "middle";
    g.lineJoin = "round";
    g.strokeStyle = theme().paper;
    for (const label of placed) {
      g.font = label.style;
      g.lineWidth = 3.5;
      g.strokeText(hosts[label.node], label.x, label.y);
      g.fillStyle = label.bold ? theme().ink : theme().muted;
      g.fillText(hosts[label.node], label.x, label.y);
    }
  }
  /** Which names, of what is in sight: the start's and the busiest's first. */
  function named(g, v, w, h) {
    const order = [];
    for (const i of busiest) {
      const px = x[i] * v.k + v.x, py = y[i] * v.k + v.y;
      if (px > 0 && py > 0 && px < w && py < h && shown(i) && order.push(i) === 500) break;
    }
    if (order.indexOf(data.start) >= FORCED) order.splice(FORCED - 1, 0, order.splice(order.indexOf(data.start), 1)[0]);
    return names(g, order, v, w, h, n <= 200 ? 200 : 120);
  }

  /** Lines and discs, on any canvas; `scale` is dots per pixel. */
  function paint(g, v, w, h, scale) {
    g.setTransform(scale * v.k, 0, 0, scale * v.k, scale * v.x, scale * v.y);
    for (const { c, level, path } of batches) {
      g.lineWidth = lineWidth(level) / v.k;
      g.globalAlpha = lineOpacity(level);
      g.strokeStyle = c === -2 ? theme().line : ink(c);
      g.stroke(path);
    }
    g.setTransform(scale, 0, 0, scale, 0, 0);
    for (let k = n - 1; k >= 0; k--) {
      const i = busiest[k], [px, py] = at(i, v);
      if (px < -60 || py < -60 || px > w + 60 || py > h + 60) continue;
      g.globalAlpha = shown(i) ? 1 : 0.25;
      disc(g, i, v);
    }
    g.globalAlpha = 1;
  }

  /* Moving after a slow frame: the last picture is moved along, and drawn anew when the hand rests. */
  const still = document.createElement("canvas");
  let painted = view, kept = false; // the view that `base` was drawn with; does `still` hold that picture?
  let slow = false, asked = 0, rest = 0;
  function full() {
    cancelAnimationFrame(asked);
    clearTimeout(rest);
    asked = 0;
    const begun = performance.now();
    baseContext.setTransform(1, 0, 0, 1, 0, 0);
    baseContext.clearRect(0, 0, base.width, base.height);
    paint(baseContext, view, width, height, dots);
    painted = view;
    kept = false;
    requestAnimationFrame(() => { slow = performance.now() - begun > 34; });
    wordsAndOverlay();
  }
  function wordsAndOverlay() {
    wordsContext.setTransform(1, 0, 0, 1, 0, 0);
    wordsContext.clearRect(0, 0, words.width, words.height);
    wordsContext.setTransform(dots, 0, 0, dots, 0, 0);
    write(wordsContext, named(wordsContext, view, width, height));
    overlay();
  }
  function moveAlong() {
    asked = 0;
    if (!kept) {
      still.width = base.width;
      still.height = base.height;
      still.getContext("2d").drawImage(base, 0, 0);
      kept = true;
    }
    const s = view.k / painted.k;
    baseContext.setTransform(1, 0, 0, 1, 0, 0);
    baseContext.clearRect(0, 0, base.width, base.height);
    baseContext.drawImage(still, (view.x - painted.x * s) * dots, (view.y - painted.y * s) * dots, still.width * s, still.height * s);
    wordsAndOverlay();
    clearTimeout(rest);
    rest = setTimeout(full, 140);
  }
  function look(next) {
    view = next;
    if (!asked) asked = requestAnimationFrame(slow ? moveAlong : full);
  }

  /* ---- one instance and its ties ---- */

  const HELD = 600; // of an instance with thousands of neighbors, the strongest are drawn: a hand must not wait
  let hovered = -1, locked = -1, walked = -1; // under the pointer; stayed with; reached by the arrow keys
  const current = () => (walked >= 0 ? walked : locked >= 0 ? locked : hovered);
  function overlay() {
    overContext.setTransform(1, 0, 0, 1, 0, 0);
    overContext.clearRect(0, 0, over.width, over.height);
    const i = current();
    base.classList.toggle("dimmed", i >= 0);
    words.hidden = i >= 0;
    if (i < 0) return;
    const g = overContext, around = ties(i).slice(0, HELD);
    g.setTransform(dots, 0, 0, dots, 0, 0);
    g.globalAlpha = 0.75;
    const [px, py] = at(i, view), strokes = new Map(); // few strokes: a path for each colour and width
    for (const tie of around) {
      const wide = Math.min(6, 1 + Math.round(Math.log(tie.all / (stops[0] || 1)) * 1.1)), key = ink(community[tie.node]) + wide;
      if (!strokes.has(key)) strokes.set(key, { wide, colour: ink(community[tie.node]), path: new Path2D() });
      const { path } = strokes.get(key);
      path.moveTo(px, py);
      path.lineTo(...at(tie.node, view));
    }
    for (const { wide, colour, path } of strokes.values()) {
      g.lineWidth = wide;
      g.strokeStyle = colour;
      g.stroke(path);
    }
    g.globalAlpha = 1;
    for (const tie of around) disc(g, tie.node, view);
    disc(g, i, view);
    const placed = names(g, [i, ...around.slice(0, 200).map((tie) => tie.node)], view, width, height, 80);
    write(g, placed.map((label) => ({ ...label, bold: true })));
  }

  let told = -2;
  function tell() {
    const i = current();
    if (told === i) return;
    told = i;
    info.replaceChildren();
    if (i < 0) {
      make("p", "Point at an instance to see its ties, click to stay with it.", info).className = "quiet";
      return;
    }
    const around = ties(i);
    make("h3", hosts[i], info);
    const facts = [`${count(around.length)} ${around.length === 1 ? "tie" : "ties"}, ${posts(around.reduce((sum, tie) => sum + tie.all, 0))}`, data.outcomes[data.outcome[i]]];
    if (data.read[i]) facts.push(`${posts(data.read[i])} read`);
    if (data.software[data.runs[i]]) facts.push(data.software[data.runs[i]]);
    if (data.users[i] >= 0) facts.push(`${count(data.users[i])} ${data.users[i] === 1 ? "person" : "people"}`);
    if (data.language[i] >= 0) facts.push(data.languages[data.language[i]]);
    make("p", facts.join(" · "), info).className = "quiet";
    if (i === data.start) make("p", "The collection began here.", info).className = "quiet";
    if (locked === i && around.length) make("p", "The strongest ties, and the posts that they are made of:", info).className = "quiet";
    const list = make("ol", "", info);
    for (const tie of around.slice(0, 12)) {
      const button = make("button", "", make("li", "", list));
      button.type = "button";
      const left = make("span", "", button);
      make("span", hosts[tie.node], left);
      if (locked === i) for (const reason of why(i, tie)) make("small", reason, left);
      make("span", count(tie.all), button);
      button.addEventListener("click", () => visit(tie.node));
    }
    if (around.length > 12) make("p", `and ${count(around.length - 12)} more` + (around.length > HELD ? `; drawn: the ${HELD} strongest` : ""), info).className = "quiet";
  }
  function show() { tell(); overlay(); }
  function stay(i) { locked = i; walked = -1; told = -2; show(); }

  let flight = 0;
  function fly(next) {
    cancelAnimationFrame(flight);
    if (calm.matches) return look(next);
    const from = view, begun = performance.now();
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - begun) / 450)), s = t * t * (3 - 2 * t);
      const k = from.k * (next.k / from.k) ** s;
      // the point in the middle goes straight from where it was to where it will be
      const mid = (v, size, key) => (size / 2 - v[key]) / v.k;
      look({
        k,
        x: width / 2 - k * (mid(from, width, "x") + (mid(next, width, "x") - mid(from, width, "x")) * s),
        y: height / 2 - k * (mid(from, height, "y") + (mid(next, height, "y") - mid(from, height, "y")) * s),
      });
      if (t < 1) flight = requestAnimationFrame(step);
    };
    flight = requestAnimationFrame(step);
  }
  function visit(i) {
    stay(i);
    const k = Math.max(view.k, whole * 1.8);
    fly({ k, x: width / 2 - x[i] * k, y: height / 2 - y[i] * k });
  }
  function zoom(factor, px = width / 2, py = height / 2) {
    const k = Math.min(whole * 60, Math.max(whole * 0.5, view.k * factor)), s = k / view.k;
    look({ k, x: px - (px - view.x) * s, y: py - (py - view.y) * s });
  }

  /* ---- the hand ---- */

  const pointers = new Map();
  let travelled = 0;
  const place = (event) => { const box = over.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  function under([px, py], touched) {
    const close = touched ? 20 : 8; // a finger is broader than an arrow
    let best = -1, nearest = Infinity;
    for (let i = 0; i < n; i++) {
      if (!shown(i)) continue;
      const [ix, iy] = at(i, view), distance = Math.hypot(ix - px, iy - py) - radius(i, view);
      if (distance < Math.min(nearest, close)) { nearest = distance; best = i; }
    }
    return best;
  }
  over.addEventListener("pointerdown", (event) => {
    over.setPointerCapture(event.pointerId);
    if (!pointers.size) travelled = 0;
    pointers.set(event.pointerId, place(event));
    cancelAnimationFrame(flight);
  });
  over.addEventListener("pointermove", (event) => {
    const now = place(event), before = pointers.get(event.pointerId);
    if (!before) {
      const i = event.pointerType === "touch" ? -1 : under(now);
      over.classList.toggle("pointing", i >= 0);
      if (i !== hovered) { hovered = i; if (locked < 0 && walked < 0) show(); }
      return;
    }
    pointers.set(event.pointerId, now);
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (pointers.size === 1) return look({ k: view.k, x: view.x + now[0] - before[0], y: view.y + now[1] - before[1] });
    const still = [...pointers].find(([key]) => key !== event.pointerId)[1];
    const far = (p) => Math.hypot(p[0] - still[0], p[1] - still[1]) || 1;
    const middle = (p, d) => (p[d] + still[d]) / 2;
    view = { k: view.k, x: view.x + middle(now, 0) - middle(before, 0), y: view.y + middle(now, 1) - middle(before, 1) };
    zoom(far(now) / far(before), middle(now, 0), middle(now, 1));
  });
  const lift = (event) => {
    if (!pointers.delete(event.pointerId) || event.type === "pointercancel") return;
    if (travelled < 6 && !pointers.size) stay(under(place(event), event.pointerType === "touch"));
  };
  over.addEventListener("pointerup", lift);
  over.addEventListener("pointercancel", lift);
  over.addEventListener("pointerleave", () => {
    id("hint").hidden = true;
    if (hovered >= 0) { hovered = -1; if (locked < 0 && walked < 0) show(); }
  });
  over.addEventListener("wheel", (event) => {
    // a wheel over the graph scrolls the page until the graph was clicked: nobody is caught in it
    const ours = event.ctrlKey || event.metaKey || document.activeElement === over;
    id("hint").hidden = ours;
    if (!ours) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : event.ctrlKey ? 0.01 : 0.0016)), ...place(event));
  }, { passive: false });
  over.addEventListener("focus", () => { id("hint").hidden = true; });

  /* ---- the keyboard ---- */

  let turn = -1;
  over.addEventListener("keydown", (event) => {
    const anchor = locked >= 0 ? locked : data.start >= 0 ? data.start : busiest[0];
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      if (locked < 0) { stay(anchor); turn = -1; }
      const around = ties(anchor);
      if (around.length) {
        turn = walked < 0 ? (step > 0 ? 0 : around.length - 1) : (turn + step + around.length) % around.length;
        walked = around[turn].node;
        const [px, py] = at(walked, view);
        if (px < 0 || py < 0 || px > width || py > height) fly({ k: view.k, x: width / 2 - x[walked] * view.k, y: height / 2 - y[walked] * view.k });
        show();
      }
    } else if (event.key === "Enter") stay(current() >= 0 ? current() : anchor);
    else if (event.key === "Escape") stay(-1);
    else if (event.key === "+" || event.key === "=") zoom(1.4);
    else if (event.key === "-") zoom(1 / 1.4);
    else if (event.key === "0") fly(everything(width, height));
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); id("find").focus(); }
    if (event.key === "Escape" && !typing) stay(-1);
  });

  /* ---- the panel ---- */

  const find = id("find");
  function matches(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    const rank = (i) => (hosts[i] === wanted ? 0 : hosts[i].startsWith(wanted) ? 1 : 2);
    return busiest.filter((i) => hosts[i].includes(wanted)).sort((i, j) => rank(i) - rank(j));
  }
  find.addEventListener("input", () => {
    const found = matches(find.value);
    id("hosts").replaceChildren(...found.slice(0, 12).map((i) => { const option = make("option"); option.value = hosts[i]; return option; }));
    id("found").textContent = !find.value.trim() ? "" : found.length ? `${count(found.length)} found; Enter goes to ${hosts[found[0]]}` : "none found";
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { find.value = ""; id("found").textContent = ""; stay(-1); over.focus(); }
    if (event.key !== "Enter") return;
    const found = matches(find.value);
    if (found.length) visit(found[0]);
  });
  const slider = id("least");
  slider.max = String(stops.length - 1);
  slider.addEventListener("input", () => {
    least = stops[Number(slider.value)];
    slider.setAttribute("aria-valuetext", posts(least));
    told = -2;
    batch();
    full();
    tell();
  });
  id("in").addEventListener("click", () => zoom(1.5));
  id("out").addEventListener("click", () => zoom(1 / 1.5));
  id("fit").addEventListener("click", () => fly(everything(width, height)));

  const SVG = "http://www.w3.org/2000/svg";
  function shape(name, attributes, parent, text = "") {
    const element = document.createElementNS(SVG, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }
  function legend() {
    const box = id("legend");
    const row = (style, name, figure, small) => {
      const line = make("div", "", box);
      const mark = shape("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, line);
      shape("circle", { cx: 7, cy: 7, r: 5.5, class: style }, mark);
      if (style === "other start") shape("circle", { cx: 7, cy: 7, r: 8, class: "hollow" }, mark);
      const words = make("span", name, line);
      if (small) make("small", small, words).dir = "auto";
      make("span", figure, line);
    };
    if (data.communities.length) make("h3", "Communities", box);
    data.communities.forEach((c, i) => row(`c${i}`, c.name, count(c.members), c.common));
    const rest = community.filter((c) => c < 0).length;
    if (rest) row("other", "in other communities", count(rest), "");
    if (data.start >= 0) row("other start", "where the collection began", "", "");
    if (answered.includes(false)) row("hollow", "not asked, or showed no posts", count(answered.filter((a) => !a).length), "");
  }

  /* ---- saving ---- */

  const title = data.title;
  function save(blob, ending) {
    const link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${data.host.replace(/[^\w.-]/g, "_")}-neighborhood.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  const note = () => `${data.note} · edges of at least ${posts(least)}`;
  id("png").addEventListener("click", () => {
    const picture = document.createElement("canvas"), foot = 44;
    picture.width = width * 2;
    picture.height = (height + foot) * 2;
    const g = picture.getContext("2d");
    g.fillStyle = theme().paper;
    g.fillRect(0, 0, picture.width, picture.height);
    paint(g, view, width, height, 2);
    write(g, named(g, view, width, height));
    g.fillStyle = theme().paper;
    g.fillRect(0, height, width, foot);
    g.fillStyle = theme().ink;
    g.font = "600 13px system-ui, sans-serif";
    g.fillText(title, 12, height + 14, width - 24);
    g.fillStyle = theme().muted;
    g.font = "11px system-ui, sans-serif";
    g.fillText(note(), 12, height + 32, width - 24);
    picture.toBlob((blob) => save(blob, "png"), "image/png");
  });
  id("svg").addEventListener("click", () => {
    const foot = 44, root = shape("svg", { viewBox: `0 0 ${width} ${height + foot}`, "font-family": "system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif" });
    const short = (value) => String(Math.round(value * 10) / 10);
    shape("title", {}, root, title);
    shape("rect", { width: "100%", height: "100%", fill: theme().paper }, root);
    for (const { c, level } of batches) {
      const lines = [];
      for (let k = 0; k < drawn; k++) {
        const e = heaviest[k];
        if (insideOf(e) !== c || levelOf(e) !== level) continue;
        const [ax, ay] = at(one[e], view), [bx, by] = at(other[e], view);
        lines.push(`M${short(ax)} ${short(ay)}L${short(bx)} ${short(by)}`);
      }
      shape("path", { d: lines.join(""), fill: "none", stroke: c === -2 ? theme().line : ink(c), "stroke-width": short(lineWidth(level)), "stroke-opacity": lineOpacity(level).toFixed(2) }, root);
    }
    for (const i of [...busiest].reverse()) {
      const [px, py] = at(i, view), colour = ink(community[i]), size = radius(i, view);
      const mark = shape("circle", { cx: short(px), cy: short(py), r: short(size), fill: answered[i] ? colour : theme().paper, stroke: answered[i] ? theme().paper : colour, opacity: shown(i) ? 1 : 0.25 }, root);
      shape("title", {}, mark, `${hosts[i]}: ${posts(strength[i])}`);
      if (i === data.start) shape("circle", { cx: short(px), cy: short(py), r: short(size + 4), fill: "none", stroke: theme().ink, "stroke-width": 2 }, root);
    }
    for (const label of named(overContext, view, width, height))
      shape("text", { x: short(label.x), y: short(label.y), "font-size": label.size, "font-weight": label.bold ? 600 : 400, fill: label.bold ? theme().ink : theme().muted,
        stroke: theme().paper, "stroke-width": 3.5, "stroke-linejoin": "round", "paint-order": "stroke", "dominant-baseline": "central" }, root, hosts[label.node]);
    shape("rect", { y: height, width, height: foot, fill: theme().paper }, root);
    shape("text", { x: 12, y: height + 18, "font-size": 13, "font-weight": 600, fill: theme().ink }, root, title);
    shape("text", { x: 12, y: height + 36, "font-size": 11, fill: theme().muted }, root, note());
    save(new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" }), "svg");
  });

  /* ---- the table: the same graph, for those who rather read ---- */

  const body = id("instances").tBodies[0], PAGE = 200;
  const neighbors = new Int32Array(n), seenBy = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) for (let k = first[i]; k < first[i + 1]; k++) {
    const e = near[k], j = one[e] === i ? other[e] : one[e];
    if (seenBy[j] !== i) { seenBy[j] = i; neighbors[i]++; }
  }
  const groupOf = (i) => (community[i] < 0 ? "" : data.communities[community[i]] ? data.communities[community[i]].name : "");
  const languageOf = (i) => (data.language[i] < 0 ? "" : data.languages[data.language[i]]);
  const outcomeOf = (i) => data.outcomes[data.outcome[i]];
  const softwareOf = (i) => data.software[data.runs[i]];
  const cells = {
    host: (i) => hosts[i], software: softwareOf, users: (i) => data.users[i], outcome: outcomeOf, read: (i) => data.read[i],
    strength: (i) => strength[i], rank: (i) => data.rank[i], neighbors: (i) => neighbors[i], community: groupOf, language: languageOf,
  };
  const columns = Object.keys(cells).slice(1);
  let by = "strength", down = true, rows = PAGE;
  function fill() {
    const wanted = id("filter").value.trim().toLowerCase(), value = cells[by];
    const kept = busiest.filter((i) => !wanted || [hosts[i], softwareOf(i), outcomeOf(i), groupOf(i), languageOf(i)].some((text) => text.toLowerCase().includes(wanted)));
    kept.sort((i, j) => {
      const a = value(i), b = value(j);
      return (typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
    });
    body.replaceChildren(...kept.slice(0, rows).map((i) => {
      const row = make("tr");
      const button = make("button", hosts[i], make("td", "", row));
      button.type = "button";
      button.addEventListener("click", () => { stage.scrollIntoView({ block: "center" }); visit(i); });
      for (const name of columns) {
        const value = cells[name](i), number = typeof value === "number";
        // what a server does not tell is a gap, never a zero
        const cell = make("td", !number ? value : value < 0 ? "" : name === "rank" ? value.toPrecision(2) : count(value), row);
        if (number) cell.className = "n";
      }
      return row;
    }));
    id("rows").textContent = `${count(Math.min(rows, kept.length))} of ${count(kept.length)} instances`;
    id("more").hidden = kept.length <= rows;
  }
  for (const button of id("instances").querySelectorAll("th button"))
    button.addEventListener("click", () => {
      const name = button.dataset.by;
      down = name === by ? !down : typeof cells[name](0) === "number";
      by = name;
      for (const head of id("instances").querySelectorAll("th")) head.setAttribute("aria-sort", head.contains(button) ? (down ? "descending" : "ascending") : "none");
      fill();
    });
  id("filter").addEventListener("input", () => { rows = PAGE; fill(); });
  id("more").addEventListener("click", () => { rows += 5 * PAGE; fill(); });

  /* ---- begin ---- */

  function measure() {
    const wide = stage.clientWidth, high = stage.clientHeight;
    if (!wide || !high || (wide === width && high === height && dots === devicePixelRatio)) return;
    const before = { width, height };
    width = wide;
    height = high;
    dots = devicePixelRatio || 1;
    for (const canvas of [base, words, over]) { canvas.width = Math.round(wide * dots); canvas.height = Math.round(high * dots); }
    const untouched = !before.width || Math.abs(view.k - whole) < 1e-9;
    whole = everything(width, height).k;
    view = untouched ? everything(width, height) : { k: view.k, x: view.x + (width - before.width) / 2, y: view.y + (height - before.height) / 2 };
    full();
  }
  batch();
  legend();
  tell();
  new ResizeObserver(measure).observe(stage);
  repainted.push(full);
  // the picture first, the table after it
  requestAnimationFrame(() => setTimeout(fill));
})();
