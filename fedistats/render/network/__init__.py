"""The picture of a neighborhood: `scene` decides what is where, `figure` (PNG, PDF) and `svg` draw it."""
