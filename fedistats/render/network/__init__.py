"""Pictures of graphs: layout to page, labels, legend, PNG and SVG."""
