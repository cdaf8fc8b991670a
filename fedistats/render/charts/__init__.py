"""Charts: one module for each, drawn on a `Page` with the plots of `plots`. `fedistats.render.figures` writes them to files."""
