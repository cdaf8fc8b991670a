"""Fonts for every script, and text as outlines."""
