"""The version of fedistats: a file of its own, so that no module imports the package's front page for it."""

__version__ = "0.1.0"
