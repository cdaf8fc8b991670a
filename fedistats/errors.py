"""Everything that can go wrong, one class for each way a caller would react.

* FedistatsError
  - BadHost         not a name we would ever contact
  - BadFile         a file that was handed over (a font, a mask, a list) cannot be used
  - AskError        a server was asked, and no usable answer came
    + Unreachable   no connection, or no answer in time: try again later
    + Busy          it asks for more quiet than we have patience for
    + Forbidden     its robots.txt does not want us: never ask again in this run
    + Declined      it answered that this is not open to us: never work around it
    + Missing       it has no such page: other software, perhaps, or another host for its API
    + Gone          it says that it has closed for good
    + Moved         it sends us to another host: a finding, not a path to follow
    + Garbled       an answer came that is not what the API promises
  - MissingExtra    something optional would be needed, and is not installed
  - OwnTrouble      the fault is on our side (network, file descriptors, disk): blame no host for it
  - Spent           the run has made as many requests as it was allowed
  - Elsewhere       a worker was led to a host that is not among its own: another has to go there
  - NothingFound    the question has an empty answer: no profile, no post, nobody to draw
  - NotCollected    it was to be told without asking anybody, and was never collected
  - NotAlike        two collections were asked differently: choose other dates
  - StoreError      the store cannot be used
    + StoreInUse    another run is writing to it
    + StoreUnknown  the file in its place is damaged, foreign, or from a newer fedistats: left untouched
"""

from __future__ import annotations


class FedistatsError(Exception):
    """The root: its text is one line for a person, saying what is wrong and what to do."""


class BadHost(FedistatsError):
    """Not a host name that fedistats would ever contact."""


class BadFile(FedistatsError):
    """A file that was handed over (a font, a mask, a list) cannot be used."""


class AskError(FedistatsError):
    """A server was asked, and no usable answer came. `reason` is a short fixed word for tables."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class Unreachable(AskError):
    """No connection, or no answer in time. Reasons: dns, connect, tls, timeout, error (5xx), address, crowd."""


class Busy(AskError):
    """The server asks for more quiet than our patience; `until` is the time (epoch seconds) from which it may be asked."""

    def __init__(self, message: str, until: float) -> None:
        super().__init__(message, "busy")
        self.until = until


class Forbidden(AskError):
    """The server's robots.txt does not want us there."""


class Declined(AskError):
    """The server answered that this is not open to us (401, 403, 422, 451)."""


class Missing(AskError):
    """The server has no such page (404, 405, 501)."""


class Gone(AskError):
    """The server says that it has closed for good (410)."""


class Moved(AskError):
    """The server redirects to another host, named in `to`."""

    def __init__(self, message: str, to: str) -> None:
        super().__init__(message, "moved")
        self.to = to


class Garbled(AskError):
    """An answer came that is not what the API promises.

    Reasons: html, json, shape, encoding, size, cut, protocol, redirect, slow, refused (400).
    """


class MissingExtra(FedistatsError):
    """Something optional would be needed, and is not installed."""


class OwnTrouble(FedistatsError):
    """The fault is on our side: no network, no file descriptors, no disk. No host is blamed for it."""


class Spent(FedistatsError):
    """The run has made as many requests as it was allowed: what was read is kept, and the next run goes on."""


class Elsewhere(FedistatsError):
    """A worker was led to a host that is not among its own."""


class NothingFound(FedistatsError):
    """The question has an empty answer."""


class NotCollected(FedistatsError):
    """Asked to tell without asking anybody, but this was never collected."""


class NotAlike(FedistatsError):
    """Two collections cannot be compared: one went further than the other, or asked another question."""


class StoreError(FedistatsError):
    """The store cannot be used."""


class StoreInUse(StoreError):
    """Another run is writing to the store."""


class StoreUnknown(StoreError):
    """The file in the store's place is damaged, foreign or newer than this fedistats. It is left untouched."""
