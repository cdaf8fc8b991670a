"""Results as tables for a terminal, one file for each. Text from servers is cleaned, and never read as rich's markup."""
