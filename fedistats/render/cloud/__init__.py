"""Word clouds: `cloud` decides where each word is, `png` and `svg` draw it."""
