/* The graph: nodes and edges are indices into the arrays of this file. */

const data = JSON.parse(byId("data").textContent);
const { hosts, x, y, community, strength, directed } = data;
const nodeCount = hosts.length;
const edgeCount = data.edges.length / 4;
const answered = data.outcome.map((outcome) => data.answered[outcome] === 1);

// edge e connects source[e] and target[e]; its weight is the number of posts
const source = new Int32Array(edgeCount), target = new Int32Array(edgeCount), weight = new Float64Array(edgeCount);
const readOnSource = new Float64Array(edgeCount); // posts of the target read on the source
const readOnTarget = new Float64Array(edgeCount); // posts of the source read on the target
for (let e = 0, node = 0; e < edgeCount; e++) {
  node += data.edges[4 * e];
  source[e] = node;
  target[e] = data.edges[4 * e + 1];
  readOnSource[e] = data.edges[4 * e + 2];
  readOnTarget[e] = data.edges[4 * e + 3];
  weight[e] = readOnSource[e] + readOnTarget[e];
}

// weight and index are packed into one number, because typed arrays sort numbers fast
const SHIFT = 2 ** 20;
const edgesByWeight = weight.map((w, e) => Math.min(w, 2 ** 32) * SHIFT + (SHIFT - 1 - e))
  .sort().reverse().map((key) => SHIFT - 1 - (key % SHIFT));

// the edges of node i, heaviest first: incidentEdges[offset[i]] to incidentEdges[offset[i + 1] - 1]
const offset = new Int32Array(nodeCount + 1);
for (let e = 0; e < edgeCount; e++) { offset[source[e] + 1]++; offset[target[e] + 1]++; }
for (let i = 0; i < nodeCount; i++) offset[i + 1] += offset[i];
const incidentEdges = new Int32Array(2 * edgeCount), nextSlot = offset.slice();
for (const e of edgesByWeight) { incidentEdges[nextSlot[source[e]]++] = e; incidentEdges[nextSlot[target[e]]++] = e; }
const otherEnd = (e, i) => (source[e] === i ? target[e] : source[e]);

const nodesByStrength = hosts.map((_, i) => i).sort((i, j) => strength[j] - strength[i] || i - j);
const weights = [...new Set(weight)].sort((a, b) => a - b);
if (!weights.length) weights.push(0);
let minWeight = weights[0]; // lighter edges are hidden
const maxWeightOf = (i) => (offset[i] < offset[i + 1] ? weight[incidentEdges[offset[i]]] : Infinity); // a node without edges is never hidden
const isVisible = (i) => maxWeightOf(i) >= minWeight;

let cached = { node: -1, minWeight: 0, neighbors: [] };
/** The visible neighbors of a node, strongest first. Here: posts of the neighbor read on the node. There: posts of the node read on the neighbor. */
function neighborsOf(i) {
  if (cached.node === i && cached.minWeight === minWeight) return cached.neighbors;
  const byNode = new Map();
  for (let k = offset[i]; k < offset[i + 1]; k++) {
    const e = incidentEdges[k];
    if (weight[e] < minWeight) break;
    const j = otherEnd(e, i);
    const neighbor = byNode.get(j) || { node: j, posts: 0, here: 0, there: 0 };
    neighbor.posts += weight[e];
    neighbor.here += source[e] === i ? readOnSource[e] : readOnTarget[e];
    neighbor.there += source[e] === i ? readOnTarget[e] : readOnSource[e];
    byNode.set(j, neighbor);
  }
  const neighbors = [...byNode.values()];
  // directed, two edges may lead to one neighbor, so the order of the edges is not that of the neighbors
  if (directed) neighbors.sort((a, b) => b.posts - a.posts || a.node - b.node);
  cached = { node: i, minWeight, neighbors };
  return neighbors;
}

const softwareOf = (i) => data.software[data.softwareIndex[i]];
const outcomeOf = (i) => data.outcomes[data.outcome[i]];
const languageOf = (i) => (data.language[i] < 0 ? "" : data.languages[data.language[i]]);
const communityOf = (i) => (data.communities[community[i]] ? data.communities[community[i]].name : "");

const formatNumber = (n) => n.toLocaleString("en");
const counted = (n, singular, plural = `${singular}s`) => `${formatNumber(n)} ${n === 1 ? singular : plural}`;
const countPosts = (n) => counted(n, "post");
