/* The table of instances: the data of the graph, to read, sort and filter. */

const ROWS_PER_PAGE = 200;
const table = byId("instances-table");
const neighborCount = hosts.map((_, i) => new Set(Array.from(incidentEdges.subarray(offset[i], offset[i + 1]), (e) => otherEnd(e, i))).size);
const cellValues = {
  host: (i) => hosts[i], software: softwareOf, users: (i) => data.users[i], outcome: outcomeOf, postsRead: (i) => data.postsRead[i],
  strength: (i) => strength[i], pagerank: (i) => data.pagerank[i], neighbors: (i) => neighborCount[i], community: communityOf, language: languageOf,
};
let sortColumn = "strength", isDescending = true, rowLimit = ROWS_PER_PAGE;

function compareNodes(i, j) {
  const a = cellValues[sortColumn](i), b = cellValues[sortColumn](j);
  const order = typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0;
  return isDescending ? -order : order;
}

function makeRow(i) {
  const row = makeElement("tr");
  const button = makeElement("button", hosts[i], makeElement("td", "", row));
  button.type = "button";
  button.addEventListener("click", () => { stage.scrollIntoView({ block: "center" }); goTo(i); });
  for (const [name, valueOf] of Object.entries(cellValues).slice(1)) {
    const value = valueOf(i);
    if (typeof value !== "number") makeElement("td", value, row);
    // an unknown number is an empty cell, not a zero
    else makeElement("td", value < 0 ? "" : name === "pagerank" ? value.toPrecision(2) : formatNumber(value), row, "n");
  }
  return row;
}

function fillTable() {
  const query = byId("filter").value.trim().toLowerCase();
  const isMatch = (i) => [hosts[i], softwareOf(i), outcomeOf(i), communityOf(i), languageOf(i)].some((text) => text.toLowerCase().includes(query));
  const nodes = nodesByStrength.filter(isMatch).sort(compareNodes);
  table.tBodies[0].replaceChildren(...nodes.slice(0, rowLimit).map(makeRow));
  byId("rows").textContent = `${formatNumber(Math.min(rowLimit, nodes.length))} of ${counted(nodes.length, "instance")}`;
  byId("more").hidden = nodes.length <= rowLimit;
}

for (const button of table.querySelectorAll("th button"))
  button.addEventListener("click", () => {
    const column = button.dataset.column;
    isDescending = column === sortColumn ? !isDescending : typeof cellValues[column](0) === "number";
    sortColumn = column;
    for (const heading of table.querySelectorAll("th"))
      heading.setAttribute("aria-sort", heading.contains(button) ? (isDescending ? "descending" : "ascending") : "none");
    fillTable();
  });
byId("filter").addEventListener("input", () => { rowLimit = ROWS_PER_PAGE; fillTable(); });
byId("more").addEventListener("click", () => { rowLimit += 5 * ROWS_PER_PAGE; fillTable(); });
