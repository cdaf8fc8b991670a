"""HTTP: the polite client that every request to a server goes through."""
