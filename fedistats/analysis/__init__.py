"""Pure functions of graphs, words and dates: one method a file, its source in the docstring."""
