"""Collecting: the crawler, its frontier, timelines, directories and workers."""
