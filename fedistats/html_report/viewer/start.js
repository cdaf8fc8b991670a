/* The first drawing: the graph, then the table. */

buildEdgeBatches();
buildLegend();
updatePanel();
new ResizeObserver(resize).observe(stage);
themeListeners.push(redraw);
requestAnimationFrame(() => setTimeout(fillTable));
