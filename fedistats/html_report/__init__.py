"""The HTML report: everything known about an instance on one self-contained page.

`page` renders it. The other modules compute what the templates (templates/*.html.j2) show; viewer/*.js is the interactive graph.
"""
