"""One SQLite file: keyed hashes, cursors, outcomes and counts. It holds no handle, no name and no text of any person.

Posts and people are stored as keyed hashes. Each timeline and each directory has its own random key, which is deleted when it has been
read completely. After that, the hashes can no longer be linked to posts or people. A word or hashtag is stored as text only after a second
person has used it.

`database.py` opens the file; the other modules are functions that take a `Database` first.
"""
