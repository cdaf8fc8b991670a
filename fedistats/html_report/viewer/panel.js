/* The panel beside the graph: search, slider, buttons, legend. */

const searchField = byId("find");
function searchHosts(text) {
  const query = text.trim().toLowerCase();
  if (!query) return [];
  const rank = (i) => (hosts[i] === query ? 0 : hosts[i].startsWith(query) ? 1 : 2);
  return nodesByStrength.filter((i) => hosts[i].includes(query)).sort((i, j) => rank(i) - rank(j));
}
searchField.addEventListener("input", () => {
  const matches = searchHosts(searchField.value);
  const options = matches.slice(0, 12).map((i) => Object.assign(makeElement("option"), { value: hosts[i] }));
  byId("hosts").replaceChildren(...options);
  const summary = matches.length ? `${counted(matches.length, "match", "matches")}. Enter goes to ${hosts[matches[0]]}` : "No matches";
  byId("matches").textContent = searchField.value.trim() ? summary : "";
});
searchField.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    searchField.value = "";
    byId("matches").textContent = "";
    select(-1);
    overlayCanvas.focus();
  }
  if (event.key !== "Enter") return;
  const matches = searchHosts(searchField.value);
  if (matches.length) goTo(matches[0]);
});

const slider = byId("min-weight");
slider.max = String(weights.length - 1);
slider.addEventListener("input", () => {
  minWeight = weights[Number(slider.value)];
  slider.setAttribute("aria-valuetext", countPosts(minWeight));
  nodeInPanel = NOT_SHOWN;
  buildEdgeBatches();
  redraw();
  updatePanel();
});
byId("zoom-in").addEventListener("click", () => zoom(1.5));
byId("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
byId("fit").addEventListener("click", () => animateTo(fitView(width, height)));

function makeSvg(name, attributes, parent, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

function addLegendRow(className, name, figure = "", description = "") {
  const row = makeElement("div", "", byId("legend"));
  const icon = makeSvg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, row);
  makeSvg("circle", { cx: 7, cy: 7, r: 5.5, class: className }, icon);
  if (className === "other start") makeSvg("circle", { cx: 7, cy: 7, r: 8, class: "hollow" }, icon);
  const label = makeElement("span", name, row);
  if (description) makeElement("small", description, label).dir = "auto";
  makeElement("span", figure, row);
}

function buildLegend() {
  if (data.communities.length) makeElement("h3", "Communities", byId("legend"));
  data.communities.forEach((c, i) => addLegendRow(`c${i}`, c.name, formatNumber(c.members), c.description));
  const others = community.filter((c) => c < 0).length, unanswered = answered.filter((a) => !a).length;
  if (others) addLegendRow("other", "other communities", formatNumber(others));
  if (data.start >= 0) addLegendRow("other start", "start of the collection");
  if (unanswered) addLegendRow("hollow", "not visited, or no posts", formatNumber(unanswered));
}
