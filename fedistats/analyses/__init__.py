"""What can be said of what was collected: one method a file, each a pure function that names its source."""
