"""One SQLite file that holds what was collected."""
