"""One file per result: a value that is read from the store, with methods that return a table, a file or a picture."""
