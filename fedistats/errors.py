"""Everything that can go wrong, one class for each way a caller would react.

* FedistatsError
  - InvalidHost         not a name we would ever contact
  - InvalidSetting      a setting is outside of its bounds or not among its choices
  - InvalidFile         a file that was handed over (a font, a mask, a list) cannot be used
  - FetchError        a server was asked, and no usable answer came
    + Unreachable   no connection, or no answer in time: try again later
    + Busy          it asks for more quiet than we have patience for
    + Forbidden     its robots.txt does not want us: never ask again in this run
    + AccessDenied      it answered that this is not open to us: never work around it
    + Missing       it has no such page: other software, perhaps, or another host for its API
    + Gone          it says that it has closed for good
    + Moved         it sends us to another host: a finding, not a path to follow
    + InvalidResponse       an answer came that is not what the API promises
    + HostExcluded  the user excluded this host: it gets no request
  - MissingExtra    something optional would be needed, and is not installed
  - LocalError      the fault is on our side (network, file descriptors, disk): blame no host for it
  - Spent           the run has made as many requests as it was allowed
  - Elsewhere       a worker was led to a host that is not among its own: another has to go there
  - NothingFound    the question has an empty answer: no profile, no post, nobody to draw
  - NotCollected    it was to be told without asking anybody, and was never collected
  - NotComparable        two collections were asked differently: choose other dates
  - StoreError      the store cannot be used
    + StoreLocked    another run is writing to it
    + StoreUnreadable  the file in its place is damaged, foreign, or from a newer fedistats: left untouched
"""

from __future__ import annotations


class FedistatsError(Exception):
    """The root: its text is one line for a person, saying what is wrong and what to do."""


class InvalidHost(FedistatsError):
    """Not a host name that fedistats would ever contact."""


class InvalidSetting(FedistatsError, ValueError):
    """A setting is outside of its bounds or not among its choices."""


class InvalidFile(FedistatsError):
    """A file that was handed over (a font, a mask, a list) cannot be used."""


class FetchError(FedistatsError):
    """A server was asked, and no usable answer came. `reason` is a short fixed word for tables."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class Unreachable(FetchError):
    """No connection, or no answer in time. Reasons: dns, connect, tls, timeout, error (5xx), address, crowd."""


class RateLimited(FetchError):
    """The server asks for more quiet than our patience; `until` is the time (epoch seconds) from which it may be asked."""

    def __init__(self, message: str, until: float) -> None:
        super().__init__(message, "busy")
        self.until = until


class RobotsDisallowed(FetchError):
    """The server's robots.txt does not want us there."""


class AccessDenied(FetchError):
    """The server answered that this is not open to us (401, 403, 422, 451)."""


class NotFound(FetchError):
    """The server has no such page (404, 405, 501)."""


class Gone(FetchError):
    """The server says that it has closed for good (410)."""


class Moved(FetchError):
    """The server redirects to another host, named in `to`."""

    def __init__(self, message: str, to: str) -> None:
        super().__init__(message, "moved")
        self.to = to


class InvalidResponse(FetchError):
    """An answer came that is not what the API promises.

    Reasons: html, json, shape, encoding, size, cut, protocol, redirect, slow, refused (400).
    """


class HostExcluded(FetchError):
    """The user excluded this host (`--exclude`): it gets no request."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is excluded", "excluded")


class MissingExtra(FedistatsError):
    """Something optional would be needed, and is not installed."""


class LocalError(FedistatsError):
    """The fault is on our side: no network, no file descriptors, no disk. No host is blamed for it."""


class RequestLimitReached(FedistatsError):
    """The run has made as many requests as it was allowed: what was read is kept, and the next run goes on."""


class WrongWorker(FedistatsError):
    """A worker was led to a host that is not among its own."""


class NothingFound(FedistatsError):
    """The question has an empty answer."""


class NotCollected(FedistatsError):
    """Asked to tell without asking anybody, but this was never collected."""


class NotComparable(FedistatsError):
    """Two collections cannot be compared: one went further than the other, or asked another question."""


class StoreError(FedistatsError):
    """The store cannot be used."""


class StoreLocked(StoreError):
    """Another run is writing to the store."""


class StoreUnreadable(StoreError):
    """The file in the store's place is damaged, foreign or newer than this fedistats. It is left untouched."""


def quoted(text: str, most: int = 60) -> str:
    """A stranger's text inside a message of ours: quoted, printable, short."""
    clean = "".join(c if c.isprintable() else "�" for c in text[: most + 1])
    return f"'{clean[:most]}…'" if len(clean) > most else f"'{clean}'"
