/* Drawing of edges and nodes on canvases. */

const graphContext = graphCanvas.getContext("2d"), labelsContext = labelsCanvas.getContext("2d");
const theme = () => data.themes[isDark() ? "dark" : "light"];
function communityColor(c) {
  const { colors } = theme();
  return colors[c < 0 || c >= colors.length ? colors.length - 1 : c];
}

/* Edges are drawn in few strokes: one Path2D for each community and level of weight, in graph coordinates. */
const LEVELS = 5, BETWEEN = -2; // BETWEEN: an edge between two communities
const minLog = Math.log(weights[0] || 1), logRange = Math.log(weights[weights.length - 1] || 1) - minLog || 1;
const levelOf = (e) => Math.min(LEVELS - 1, Math.floor(((Math.log(weight[e]) - minLog) / logRange) * LEVELS));
const edgeCommunity = (e) => (community[source[e]] === community[target[e]] ? community[source[e]] : BETWEEN);
const edgeWidth = (level) => 0.6 + 0.7 * level;
const edgeOpacity = (level) => Math.min(0.85, (0.14 + 0.1 * level) * Math.min(1.5, (1200 / Math.max(drawnEdges, 1)) ** 0.3));
const edgeColor = (c) => (c === BETWEEN ? theme().line : communityColor(c));

let edgeBatches = [], drawnEdges = 0;
function buildEdgeBatches() {
  const byKey = new Map();
  let visibleEdges = 0;
  while (visibleEdges < edgeCount && weight[edgesByWeight[visibleEdges]] >= minWeight) visibleEdges++;
  drawnEdges = Math.min(visibleEdges, data.maxDrawnEdges);
  for (const e of edgesByWeight.subarray(0, drawnEdges)) {
    const batch = { community: edgeCommunity(e), level: levelOf(e) };
    const key = batch.level * 100 + batch.community - BETWEEN;
    if (!byKey.has(key)) byKey.set(key, { ...batch, edges: [], path: new Path2D() });
    const { edges, path } = byKey.get(key);
    edges.push(e);
    path.moveTo(x[source[e]], y[source[e]]);
    path.lineTo(x[target[e]], y[target[e]]);
  }
  edgeBatches = [...byKey].sort((a, b) => a[0] - b[0]).map(([, batch]) => batch);
  byId("min-posts").textContent = countPosts(minWeight);
  byId("drawn").textContent = `${counted(visibleEdges, "edge")} between ${counted(nodesByStrength.filter(isVisible).length, "instance")}` +
    (drawnEdges < visibleEdges ? ` (the ${formatNumber(drawnEdges)} heaviest are drawn)` : "");
}

function drawNode(context, i, view) {
  const [px, py] = toScreen(i, view), radius = screenRadius(i, view), color = communityColor(community[i]);
  context.beginPath();
  context.arc(px, py, radius, 0, 7);
  context.fillStyle = answered[i] ? color : theme().background;
  context.fill();
  context.lineWidth = answered[i] ? 1 : Math.min(2, radius / 2);
  context.strokeStyle = answered[i] ? theme().background : color;
  context.stroke();
  if (i === data.start) {
    context.beginPath();
    context.arc(px, py, radius + 4, 0, 7);
    context.lineWidth = 2;
    context.strokeStyle = theme().text;
    context.stroke();
  }
}

/** Edges and nodes on any canvas; `ratio` is device pixels per CSS pixel. */
function drawGraph(context, view, width, height, ratio) {
  context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
  for (const batch of edgeBatches) {
    context.lineWidth = edgeWidth(batch.level) / view.scale;
    context.globalAlpha = edgeOpacity(batch.level);
    context.strokeStyle = edgeColor(batch.community);
    context.stroke(batch.path);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (let k = nodeCount - 1; k >= 0; k--) {
    const i = nodesByStrength[k], [px, py] = toScreen(i, view);
    if (px < -60 || py < -60 || px > width + 60 || py > height + 60) continue;
    context.globalAlpha = isVisible(i) ? 1 : 0.25;
    drawNode(context, i, view);
  }
  context.globalAlpha = 1;
}

/* If a frame was slow, moving only moves a snapshot of the last drawing; the graph is drawn again when the movement ends. */
const snapshot = document.createElement("canvas");
let drawnView = view, hasSnapshot = false, isSlow = false, redrawTimer = 0;

function redraw() {
  cancelAnimationFrame(frameRequest);
  clearTimeout(redrawTimer);
  frameRequest = 0;
  const startTime = performance.now();
  clearCanvas(graphContext);
  drawGraph(graphContext, view, width, height, pixelRatio);
  drawnView = view;
  hasSnapshot = false;
  requestAnimationFrame(() => { isSlow = performance.now() - startTime > 34; });
  redrawLabels();
}

function redrawLabels() {
  clearCanvas(labelsContext);
  labelsContext.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  drawLabels(labelsContext, labelsInView(labelsContext, view, width, height));
  drawOverlay();
}

function moveSnapshot() {
  frameRequest = 0;
  if (!hasSnapshot) {
    snapshot.width = graphCanvas.width;
    snapshot.height = graphCanvas.height;
    snapshot.getContext("2d").drawImage(graphCanvas, 0, 0);
    hasSnapshot = true;
  }
  const ratio = view.scale / drawnView.scale;
  const left = (view.x - drawnView.x * ratio) * pixelRatio, top = (view.y - drawnView.y * ratio) * pixelRatio;
  clearCanvas(graphContext);
  graphContext.drawImage(snapshot, left, top, snapshot.width * ratio, snapshot.height * ratio);
  redrawLabels();
  clearTimeout(redrawTimer);
  redrawTimer = setTimeout(redraw, 140);
}

function clearCanvas(context) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
}
