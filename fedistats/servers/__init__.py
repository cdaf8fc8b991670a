"""Servers' public APIs: which pages to request, and what their JSON means."""
