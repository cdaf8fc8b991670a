"""One file per output: a value in, bytes out. Seeded, no global state, nothing asked of anybody."""
