/* The view: which part of the graph is on screen. A view is {scale, x, y}: screen = scale * graph + (x, y). */

const stage = byId("stage"), graphCanvas = byId("graph"), labelsCanvas = byId("labels"), overlayCanvas = byId("overlay");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
let width = 0, height = 0, pixelRatio = 1; // of the canvases, in CSS pixels
let view = { scale: 1, x: 0, y: 0 };
let fitScale = 1; // the scale at which the whole graph is visible

const toScreen = (i, view) => [x[i] * view.scale + view.x, y[i] * view.scale + view.y];
const screenRadius = (i, view) => Math.max(2.2, data.radius[i] * fitScale * 1.15 * Math.pow(view.scale / fitScale, 0.6));

function fitView(width, height) {
  const graphWidth = Math.max(...[1, ...x]), graphHeight = Math.max(...[1, ...y]);
  const marginX = Math.min(90, width * 0.13), marginY = 34;
  // at most 1, so that a single node does not fill the screen
  const scale = Math.min(1, (width - 2 * marginX) / graphWidth, (height - 2 * marginY) / graphHeight);
  return { scale, x: (width - graphWidth * scale) / 2, y: (height - graphHeight * scale) / 2 };
}

let frameRequest = 0;
function setView(next) {
  view = next;
  if (!frameRequest) frameRequest = requestAnimationFrame(isSlow ? moveSnapshot : redraw);
}

let animation = 0;
function animateTo(next) {
  cancelAnimationFrame(animation);
  if (reducedMotion.matches) return setView(next);
  const start = view, startTime = performance.now();
  const step = (now) => {
    const t = Math.min(1, Math.max(0, (now - startTime) / 450)), eased = t * t * (3 - 2 * t);
    const scale = start.scale * (next.scale / start.scale) ** eased;
    // the center of the screen moves in a straight line over the graph
    const center = (view, size, axis) => (size / 2 - view[axis]) / view.scale;
    const moved = (size, axis) => center(start, size, axis) + (center(next, size, axis) - center(start, size, axis)) * eased;
    setView({ scale, x: width / 2 - scale * moved(width, "x"), y: height / 2 - scale * moved(height, "y") });
    if (t < 1) animation = requestAnimationFrame(step);
  };
  animation = requestAnimationFrame(step);
}
const centerOn = (i, scale) => animateTo({ scale, x: width / 2 - x[i] * scale, y: height / 2 - y[i] * scale });

function zoom(factor, centerX = width / 2, centerY = height / 2) {
  const scale = Math.min(fitScale * 60, Math.max(fitScale * 0.5, view.scale * factor)), ratio = scale / view.scale;
  setView({ scale, x: centerX - (centerX - view.x) * ratio, y: centerY - (centerY - view.y) * ratio });
}

function resize() {
  const newWidth = stage.clientWidth, newHeight = stage.clientHeight;
  if (!newWidth || !newHeight || (newWidth === width && newHeight === height && pixelRatio === devicePixelRatio)) return;
  const wasFit = !width || Math.abs(view.scale - fitScale) < 1e-9;
  const moved = { scale: view.scale, x: view.x + (newWidth - width) / 2, y: view.y + (newHeight - height) / 2 };
  width = newWidth;
  height = newHeight;
  pixelRatio = devicePixelRatio || 1;
  for (const canvas of [graphCanvas, labelsCanvas, overlayCanvas]) {
    canvas.width = Math.round(width * pixelRatio);
    canvas.height = Math.round(height * pixelRatio);
  }
  fitScale = fitView(width, height).scale;
  view = wasFit ? fitView(width, height) : moved;
  redraw();
}
