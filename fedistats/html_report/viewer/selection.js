/* The active instance: its edges on top of the graph, and its facts in the panel. */

const MAX_DRAWN_NEIGHBORS = 600; // of an instance with thousands of neighbors the strongest are drawn, to stay fast
const MAX_LISTED_NEIGHBORS = 12;
const overlayContext = overlayCanvas.getContext("2d"), info = byId("info");
let hovered = -1, selected = -1, focused = -1; // node under the pointer; clicked; reached by the arrow keys
const activeNode = () => (focused >= 0 ? focused : selected >= 0 ? selected : hovered);

function makeElement(name, text = "", parent = null, className = "") {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  if (parent) parent.append(element);
  return element;
}

function drawOverlay() {
  const i = activeNode(), context = overlayContext;
  clearCanvas(context);
  graphCanvas.classList.toggle("dimmed", i >= 0);
  labelsCanvas.hidden = i >= 0;
  if (i < 0) return;
  const neighbors = neighborsOf(i).slice(0, MAX_DRAWN_NEIGHBORS);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.globalAlpha = 0.75;
  const batches = new Map(); // one path for each color and line width
  for (const { node, posts } of neighbors) {
    const lineWidth = Math.min(6, 1 + Math.round(Math.log(posts / (weights[0] || 1)) * 1.1));
    const color = communityColor(community[node]), key = color + lineWidth;
    if (!batches.has(key)) batches.set(key, { lineWidth, color, path: new Path2D() });
    const { path } = batches.get(key);
    path.moveTo(...toScreen(i, view));
    path.lineTo(...toScreen(node, view));
  }
  for (const { lineWidth, color, path } of batches.values()) {
    context.lineWidth = lineWidth;
    context.strokeStyle = color;
    context.stroke(path);
  }
  context.globalAlpha = 1;
  for (const { node } of neighbors) drawNode(context, node, view);
  drawNode(context, i, view);
  const order = [i, ...neighbors.slice(0, 200).map(({ node }) => node)];
  const labels = placeLabels(context, order, view, width, height, 80);
  drawLabels(context, labels.map((label) => ({ ...label, bold: true })));
}

/** Why an edge exists: the posts in each direction, and their share of the posts read. */
function edgeReasons(i, neighbor) {
  const j = neighbor.node, reasons = [];
  if (neighbor.here) reasons.push(`${countPosts(neighbor.here)} of ${hosts[j]} read on ${hosts[i]}`);
  if (neighbor.there) reasons.push(`${countPosts(neighbor.there)} of ${hosts[i]} read on ${hosts[j]}`);
  else if (!answered[j]) reasons.push(`the timeline of ${hosts[j]} was not read`);
  const isCounted = (posts) => !directed || posts > 0; // directed, a direction without an edge says nothing
  const postsRead = (isCounted(neighbor.here) ? data.postsRead[i] : 0) + (isCounted(neighbor.there) ? data.postsRead[j] : 0);
  if (postsRead) reasons.push(`${formatRate((1000 * neighbor.posts) / postsRead)} per 1,000 posts read`);
  return reasons;
}
const formatRate = (rate) => (rate >= 10 ? formatNumber(Math.round(rate)) : String(Number(rate.toPrecision(2))));

const NOT_SHOWN = -2;
let nodeInPanel = NOT_SHOWN;
function updatePanel() {
  const i = activeNode();
  if (nodeInPanel === i) return;
  nodeInPanel = i;
  info.replaceChildren();
  if (i < 0) {
    makeElement("p", "Point at an instance to see its neighbors. Click to select it.", info, "quiet");
    return;
  }
  const neighbors = neighborsOf(i);
  makeElement("h3", hosts[i], info);
  makeElement("p", nodeFacts(i, neighbors).join(" · "), info, "quiet");
  if (i === data.start) makeElement("p", "The collection started here.", info, "quiet");
  if (selected === i && neighbors.length) makeElement("p", "Strongest neighbors, and the posts that connect them:", info, "quiet");
  const list = makeElement("ol", "", info);
  for (const neighbor of neighbors.slice(0, MAX_LISTED_NEIGHBORS)) {
    const button = makeElement("button", "", makeElement("li", "", list));
    button.type = "button";
    const left = makeElement("span", "", button);
    makeElement("span", hosts[neighbor.node], left);
    if (selected === i) for (const reason of edgeReasons(i, neighbor)) makeElement("small", reason, left);
    makeElement("span", formatNumber(neighbor.posts), button);
    button.addEventListener("click", () => goTo(neighbor.node));
  }
  if (neighbors.length > MAX_LISTED_NEIGHBORS) {
    const drawn = neighbors.length > MAX_DRAWN_NEIGHBORS ? ` (the ${MAX_DRAWN_NEIGHBORS} strongest are drawn)` : "";
    makeElement("p", `and ${formatNumber(neighbors.length - MAX_LISTED_NEIGHBORS)} more${drawn}`, info, "quiet");
  }
}

function nodeFacts(i, neighbors) {
  const posts = neighbors.reduce((sum, neighbor) => sum + neighbor.posts, 0);
  const facts = [`${counted(neighbors.length, "neighbor")}, ${countPosts(posts)}`, outcomeOf(i)];
  if (data.postsRead[i]) facts.push(`${countPosts(data.postsRead[i])} read`);
  if (data.users[i] >= 0) facts.push(counted(data.users[i], "user"));
  return [...facts, softwareOf(i), languageOf(i)].filter((fact) => fact);
}

function updateSelection() {
  updatePanel();
  drawOverlay();
}
function select(i) {
  selected = i;
  focused = -1;
  nodeInPanel = NOT_SHOWN;
  updateSelection();
}
function goTo(i) {
  select(i);
  centerOn(i, Math.max(view.scale, fitScale * 1.8));
}
