"""Files for other programs: tables, their schema, formats, and writing them atomically."""
