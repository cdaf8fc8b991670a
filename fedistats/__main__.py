"""`python -m fedistats` is `fedistats`."""

from fedistats.cli import main

main()
