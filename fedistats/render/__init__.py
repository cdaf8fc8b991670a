"""Pictures and terminal tables: each module turns a value into bytes, or into a table."""
