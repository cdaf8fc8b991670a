"""One file per result: it is read from the store and shows itself as a table, a file or a picture."""
