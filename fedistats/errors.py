"""The exceptions of fedistats. Every class stands for one reaction.

* FedistatsError: the base class
  - InvalidHost: correct the host name
  - InvalidSetting: correct the setting
  - InvalidFile: use another file, or correct it
  - MissingExtra: install the optional package
  - NothingFound: choose another instance or weaker limits; the result is empty
  - NotCollected: collect first, or run without offline mode
  - NotComparable: choose collections with the same scope and options
  - StoreError: the database cannot be used
    + StoreLocked: wait until the other run ends
    + StoreUnreadable: choose another path, or update fedistats
    + StoreUnwritable: make room on the disk, or make the file writable, then run again
  - LocalError: fix the problem on this machine, then run again
  - RequestLimitReached: run again to continue
  - WrongWorker: internal to workers; the host is passed on to another one
  - FetchError: there is no usable response from a server
    + Unreachable: try again later
    + RateLimited: try again after the time in `until`
    + RobotsDisallowed: do not request it again
    + AccessDenied: do not request it again without permission of the instance
    + NotFound: try another endpoint or API
    + Gone: do not request it again
    + Moved: decide whether to continue with the host in `to`
    + InvalidResponse: report it to the instance, or to fedistats
    + HostExcluded: remove it from the excluded hosts if this was not intended
"""

from __future__ import annotations


class FedistatsError(Exception):
    """The base class. The text of every error is one line that says what is wrong and what to do."""


class InvalidHost(FedistatsError):
    """Not the name of a public host. Correct it."""


class InvalidSetting(FedistatsError, ValueError):
    """A setting is out of range or not among its choices. Correct it."""


class InvalidFile(FedistatsError):
    """A file given by the user (a font, a mask, a list) cannot be used. Correct it, or use another."""


class FetchError(FedistatsError):
    """There is no usable response from a server. Treat it as the result for this host, and continue with others.

    `reason` is a short fixed word for tables.
    """

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class Unreachable(FetchError):
    """No connection, or no response in time. Try again later. Reasons: dns, connect, tls, timeout, error (5xx), address, crowd."""


class RateLimited(FetchError):
    """The server requests a longer pause than fedistats waits. Try again after `until` (epoch seconds)."""

    def __init__(self, message: str, until: float) -> None:
        super().__init__(message, "busy")
        self.until = until


class RobotsDisallowed(FetchError):
    """The server's robots.txt disallows the request. Do not request it again."""


class AccessDenied(FetchError):
    """The server denies public access (401, 403, 422, 451). Do not request it again without permission of the instance."""


class NotFound(FetchError):
    """The server has no such endpoint (404, 405, 501). Try another endpoint or API."""


class Gone(FetchError):
    """The server has shut down permanently (410). Do not request it again."""


class Moved(FetchError):
    """The server redirects to another host. Decide whether to continue with `to`."""

    def __init__(self, message: str, to: str) -> None:
        super().__init__(message, "moved")
        self.to = to


class InvalidResponse(FetchError):
    """The response does not follow HTTP or the API. Report it to the instance, or to fedistats if its software should be supported.

    Reasons: html, json, shape, encoding, size, cut, protocol, redirect, slow, refused (400).
    """


class HostExcluded(FetchError):
    """The user excluded this host (`--exclude`), so it gets no request. Remove it from the list if this was not intended."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is excluded", "excluded")


class MissingExtra(FedistatsError):
    """An optional package is needed but not installed. Install the extra that the message names."""


class LocalError(FedistatsError):
    """A problem on this machine: no network, no file descriptors, no disk space. Fix it and run again. It never counts against a host."""


class RequestLimitReached(FedistatsError):
    """The run has made as many requests as allowed. Everything collected is kept; run again to continue."""


class WrongWorker(FedistatsError):
    """A worker was redirected to a host that is assigned to another worker. The crawler passes the host on."""


class NothingFound(FedistatsError):
    """The result is empty. Choose another instance or weaker limits."""


class NotCollected(FedistatsError):
    """Offline mode was requested, but the database has no such collection. Collect first, or run online."""


class NotComparable(FedistatsError):
    """Two collections differ in scope or options and cannot be compared. Choose other dates."""


class StoreError(FedistatsError):
    """The database cannot be used. See the message for the reason."""


class StoreLocked(StoreError):
    """Another run is writing to the database. Wait until it ends, or stop it."""


class StoreUnreadable(StoreError):
    """The database file is damaged, of another program, or of a newer fedistats. It is not changed; choose another path, or update."""


class StoreUnwritable(StoreError):
    """The database cannot be written: the disk is full, or the file is read-only. What was written before is still there."""


def quoted(text: str, max_length: int = 60) -> str:
    """Untrusted text for an error message: in quotation marks, printable and short."""
    printable = "".join(c if c.isprintable() else "�" for c in text[: max_length + 1])
    return f"'{printable[:max_length]}…'" if len(printable) > max_length else f"'{printable}'"
