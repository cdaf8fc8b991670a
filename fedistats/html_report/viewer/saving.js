/* The visible part of the graph as a PNG or SVG file. */

const FOOTER = 44; // pixels below the graph, for title and note
const note = () => `${data.note} · edges with at least ${countPosts(minWeight)}`;

function save(blob, extension) {
  const link = makeElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${data.host.replace(/[^\w.-]/g, "_")}-neighborhood.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

byId("png").addEventListener("click", () => {
  const canvas = document.createElement("canvas"), ratio = 2;
  canvas.width = width * ratio;
  canvas.height = (height + FOOTER) * ratio;
  const context = canvas.getContext("2d");
  context.fillStyle = theme().background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawGraph(context, view, width, height, ratio);
  drawLabels(context, labelsInView(context, view, width, height));
  context.fillStyle = theme().background;
  context.fillRect(0, height, width, FOOTER);
  Object.assign(context, { fillStyle: theme().text, font: "600 13px system-ui, sans-serif" });
  context.fillText(data.title, 12, height + 14, width - 24);
  Object.assign(context, { fillStyle: theme().muted, font: "11px system-ui, sans-serif" });
  context.fillText(note(), 12, height + 32, width - 24);
  canvas.toBlob((blob) => save(blob, "png"), "image/png");
});

byId("svg").addEventListener("click", () => {
  const font = "system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif";
  const root = makeSvg("svg", { viewBox: `0 0 ${width} ${height + FOOTER}`, "font-family": font });
  const { background, text, muted } = theme();
  makeSvg("title", {}, root, data.title);
  makeSvg("rect", { width: "100%", height: "100%", fill: background }, root);
  for (const batch of edgeBatches) addSvgEdges(root, batch);
  for (const i of [...nodesByStrength].reverse()) addSvgNode(root, i);
  for (const label of labelsInView(overlayContext, view, width, height)) {
    const attributes = { x: rounded(label.x), y: rounded(label.y), "font-size": label.size, "font-weight": label.bold ? 600 : 400, fill: label.bold ? text : muted };
    const outline = { stroke: background, "stroke-width": 3.5, "stroke-linejoin": "round", "paint-order": "stroke" };
    makeSvg("text", { ...attributes, ...outline, "dominant-baseline": "central" }, root, hosts[label.node]);
  }
  makeSvg("rect", { y: height, width, height: FOOTER, fill: background }, root);
  makeSvg("text", { x: 12, y: height + 18, "font-size": 13, "font-weight": 600, fill: text }, root, data.title);
  makeSvg("text", { x: 12, y: height + 36, "font-size": 11, fill: muted }, root, note());
  save(new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" }), "svg");
});

const rounded = (value) => String(Math.round(value * 10) / 10);

function addSvgEdges(root, batch) {
  const point = (i) => toScreen(i, view).map(rounded).join(" ");
  const lines = batch.edges.map((e) => `M${point(source[e])}L${point(target[e])}`);
  const stroke = { stroke: edgeColor(batch.community), "stroke-width": rounded(edgeWidth(batch.level)), "stroke-opacity": edgeOpacity(batch.level).toFixed(2) };
  makeSvg("path", { d: lines.join(""), fill: "none", ...stroke }, root);
}

function addSvgNode(root, i) {
  const color = communityColor(community[i]), radius = screenRadius(i, view), { background, text } = theme();
  const [cx, cy] = toScreen(i, view).map(rounded);
  const colors = answered[i] ? { fill: color, stroke: background } : { fill: background, stroke: color };
  const circle = makeSvg("circle", { cx, cy, r: rounded(radius), ...colors, opacity: isVisible(i) ? 1 : 0.25 }, root);
  makeSvg("title", {}, circle, `${hosts[i]}: ${countPosts(strength[i])}`);
  if (i === data.start) makeSvg("circle", { cx, cy, r: rounded(radius + 4), fill: "none", stroke: text, "stroke-width": 2 }, root);
}
