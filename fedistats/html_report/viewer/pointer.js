/* Mouse, touch and keyboard on the graph. */

const pointers = new Map(); // position of each pressed pointer
let dragDistance = 0;

function pointerPosition(event) {
  const box = overlayCanvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function nodeAt([px, py], isTouch) {
  let nearest = -1, nearestDistance = isTouch ? 20 : 8; // a finger is less exact than a mouse
  for (let i = 0; i < nodeCount; i++) {
    if (!isVisible(i)) continue;
    const [nodeX, nodeY] = toScreen(i, view), distance = Math.hypot(nodeX - px, nodeY - py) - screenRadius(i, view);
    if (distance < nearestDistance) { nearestDistance = distance; nearest = i; }
  }
  return nearest;
}

function hover(i) {
  if (i === hovered) return;
  hovered = i;
  if (selected < 0 && focused < 0) updateSelection();
}

overlayCanvas.addEventListener("pointerdown", (event) => {
  overlayCanvas.setPointerCapture(event.pointerId);
  if (!pointers.size) dragDistance = 0;
  pointers.set(event.pointerId, pointerPosition(event));
  cancelAnimationFrame(animation);
});
overlayCanvas.addEventListener("pointermove", (event) => {
  const position = pointerPosition(event), previous = pointers.get(event.pointerId);
  if (!previous) {
    const i = event.pointerType === "touch" ? -1 : nodeAt(position);
    overlayCanvas.classList.toggle("pointing", i >= 0);
    return hover(i);
  }
  pointers.set(event.pointerId, position);
  const moveX = position[0] - previous[0], moveY = position[1] - previous[1];
  dragDistance += Math.hypot(moveX, moveY);
  if (pointers.size === 1) return setView({ scale: view.scale, x: view.x + moveX, y: view.y + moveY });
  // two fingers: the view follows their middle, and zooms with their distance
  const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
  const distance = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
  view = { scale: view.scale, x: view.x + moveX / 2, y: view.y + moveY / 2 };
  zoom(distance(position) / distance(previous), (position[0] + other[0]) / 2, (position[1] + other[1]) / 2);
});
function releasePointer(event) {
  if (!pointers.delete(event.pointerId) || event.type === "pointercancel") return;
  if (dragDistance < 6 && !pointers.size) select(nodeAt(pointerPosition(event), event.pointerType === "touch"));
}
overlayCanvas.addEventListener("pointerup", releasePointer);
overlayCanvas.addEventListener("pointercancel", releasePointer);
overlayCanvas.addEventListener("pointerleave", () => {
  byId("hint").hidden = true;
  hover(-1);
});
overlayCanvas.addEventListener("wheel", (event) => {
  // the wheel scrolls the page until the graph has the focus, so that a reader who scrolls is not stopped by the graph
  const zooms = event.ctrlKey || event.metaKey || document.activeElement === overlayCanvas;
  byId("hint").hidden = zooms;
  if (!zooms) return;
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : event.ctrlKey ? 0.01 : 0.0016)), ...pointerPosition(event));
}, { passive: false });
overlayCanvas.addEventListener("focus", () => { byId("hint").hidden = true; });

let neighborIndex = -1; // of the neighbor that the arrow keys reached
function walk(anchor, step) {
  if (selected < 0) select(anchor);
  const neighbors = neighborsOf(anchor);
  if (!neighbors.length) return;
  if (focused < 0) neighborIndex = step > 0 ? 0 : neighbors.length - 1;
  else neighborIndex = (neighborIndex + step + neighbors.length) % neighbors.length;
  focused = neighbors[neighborIndex].node;
  const [px, py] = toScreen(focused, view);
  if (px < 0 || py < 0 || px > width || py > height) centerOn(focused, view.scale);
  updateSelection();
}
overlayCanvas.addEventListener("keydown", (event) => {
  const anchor = selected >= 0 ? selected : data.start >= 0 ? data.start : nodesByStrength[0];
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) walk(anchor, step);
  else if (event.key === "Enter") select(activeNode() >= 0 ? activeNode() : anchor);
  else if (event.key === "Escape") select(-1);
  else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "0") animateTo(fitView(width, height));
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement) return;
  if (event.key === "/" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("find").focus();
  }
  if (event.key === "Escape") select(-1);
});
