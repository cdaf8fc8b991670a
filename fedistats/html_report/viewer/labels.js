/* Labels: placed so that none overlaps another. The labels of the strongest nodes are placed even where they cover other discs. */

const FORCED_LABELS = 8;
const CELL = 48; // the size of a cell of the grid that finds overlaps, in pixels
const MARGIN = 6; // a label closer than this to another node's disc would seem to belong to that node
const labelWidths = new Map();

function labelFont(rank) {
  const size = (rank < 3 ? 17 : rank < FORCED_LABELS ? 15 : rank < 30 ? 13 : 12) - (width < 520 ? 2 : 0);
  return { size, font: `${rank < FORCED_LABELS ? 600 : 400} ${size}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif` };
}

function labelWidth(context, font, host) {
  const key = font + host;
  if (!labelWidths.has(key)) {
    context.font = font;
    labelWidths.set(key, context.measureText(host).width);
  }
  return labelWidths.get(key);
}

/* Boxes are [left, top, right, bottom] in pixels. */
const padded = ([left, top, right, bottom]) => [left - MARGIN, top - MARGIN / 2, right + MARGIN, bottom + MARGIN / 2];
const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** A grid of boxes, each with the node whose disc it is, or -1 for a label. */
class BoxGrid {
  #cells = new Map();
  #someCell(box, test) {
    for (let column = Math.floor(box[0] / CELL); column <= Math.floor(box[2] / CELL); column++)
      for (let row = Math.floor(box[1] / CELL); row <= Math.floor(box[3] / CELL); row++)
        if (test(column * 65536 + row)) return true;
    return false;
  }
  add(box, node) {
    this.#someCell(box, (cell) => {
      if (this.#cells.has(cell)) this.#cells.get(cell).push([box, node]);
      else this.#cells.set(cell, [[box, node]]);
    });
  }
  /** Does the box of a node's label overlap no other label and, if `avoidDiscs`, no other node's disc? */
  isFree(box, node, avoidDiscs) {
    return !this.#someCell(padded(box), (cell) => (this.#cells.get(cell) || []).some(([other, owner]) =>
      (owner < 0 ? overlaps(box, other) : avoidDiscs && owner !== node && overlaps(padded(box), other))));
  }
}

/** How much of other discs a label would cover; large discs cost more. */
function coverCost(box, node, order, view) {
  const [left, top, right, bottom] = padded(box);
  return order.slice(0, 60).reduce((cost, i) => {
    const [px, py] = toScreen(i, view), radius = screenRadius(i, view);
    const overlapX = Math.min(right, px + radius) - Math.max(left, px - radius);
    const overlapY = Math.min(bottom, py + radius) - Math.max(top, py - radius);
    return cost + (i !== node && overlapX > 0 && overlapY > 0 ? 300 + overlapX * overlapY * (radius / 8) : 0);
  }, 0);
}

/** Candidate positions (left end, vertical center) of a label around its disc. */
function labelPositions([px, py], gap, textWidth, size, forced) {
  const half = size * 0.62, diagonal = gap * 0.7;
  const positions = [
    [px + gap, py], [px - gap - textWidth, py], [px - textWidth / 2, py - gap - half], [px - textWidth / 2, py + gap + half],
    [px + diagonal, py - diagonal - half / 2], [px - diagonal - textWidth, py - diagonal - half / 2],
    [px + diagonal, py + diagonal + half / 2], [px - diagonal - textWidth, py + diagonal + half / 2],
  ];
  if (forced)
    for (const shift of [0.8, -0.8, 1.6, -1.6])
      positions.push([px + gap, py + shift * size], [px - gap - textWidth, py + shift * size],
        [px - textWidth / 2, py + Math.sign(shift) * gap + shift * size]);
  return positions;
}

/** Labels for the nodes in `order`, at most `limit`: {node, x, y, size, font, bold}. */
function placeLabels(context, order, view, width, height, limit) {
  const grid = new BoxGrid();
  for (const i of order) {
    const [px, py] = toScreen(i, view), radius = screenRadius(i, view);
    if (px > -50 && py > -50 && px < width + 50 && py < height + 50) grid.add([px - radius, py - radius, px + radius, py + radius], i);
  }
  const labels = [];
  for (const [rank, i] of order.entries()) {
    if (labels.length >= limit) break;
    const [px, py] = toScreen(i, view), gap = screenRadius(i, view) + (i === data.start ? 8 : 4);
    if (px < 0 || py < 0 || px > width || py > height) continue;
    const { size, font } = labelFont(rank), textWidth = labelWidth(context, font, hosts[i]);
    const half = size * 0.62, forced = rank < FORCED_LABELS;
    const boxAt = ([left, middle]) => [left - 2, middle - half, left + textWidth + 2, middle + half];
    const onScreen = labelPositions([px, py], gap, textWidth, size, forced)
      .filter(([left, middle]) => left > 2 && left + textWidth < width - 2 && middle - half > 2 && middle + half < height - 2);
    let position = onScreen.find((candidate) => grid.isFree(boxAt(candidate), i, true));
    if (!position && forced) {
      const cost = (candidate) => coverCost(boxAt(candidate), i, order, view) + Math.abs(candidate[1] - py);
      position = onScreen.filter((candidate) => grid.isFree(boxAt(candidate), i, false)).sort((a, b) => cost(a) - cost(b))[0];
    }
    if (!position) continue;
    grid.add(boxAt(position), -1);
    labels.push({ node: i, x: position[0], y: position[1], size, font, bold: forced });
  }
  return labels;
}

/** Labels of the nodes in the view, strongest first; the start is always among the forced ones. */
function labelsInView(context, view, width, height) {
  const order = [];
  for (const i of nodesByStrength) {
    const [px, py] = toScreen(i, view);
    if (px > 0 && py > 0 && px < width && py < height && isVisible(i) && order.push(i) === 500) break;
  }
  const startRank = order.indexOf(data.start);
  if (startRank >= FORCED_LABELS) order.splice(FORCED_LABELS - 1, 0, order.splice(startRank, 1)[0]);
  return placeLabels(context, order, view, width, height, nodeCount <= 200 ? 200 : 120);
}

function drawLabels(context, labels) {
  Object.assign(context, { textBaseline: "middle", lineJoin: "round", strokeStyle: theme().background, lineWidth: 3.5 });
  for (const label of labels) {
    context.font = label.font;
    context.strokeText(hosts[label.node], label.x, label.y);
    context.fillStyle = label.bold ? theme().text : theme().muted;
    context.fillText(hosts[label.node], label.x, label.y);
  }
}
