"""What is put together of several parts, hosts or dates: a report, a map, a comparison, a difference; for Python and the command line.

Each is made from what was collected by its `of`, which asks nobody. Like `results`, it becomes tables, files and pictures, in Jupyter by
itself.
"""
