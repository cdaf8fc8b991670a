"""Who is on this fediverse server, and whom do they talk with?"""

__version__ = "0.1.0"
