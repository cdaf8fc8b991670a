"""Read the directory of profiles of one server into the store, as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import aclosing

from fedistats import optout
from fedistats.crawl.descriptions import with_user_count
from fedistats.crawl.outcomes import attempt
from fedistats.crawl.timeline import MAX_TEXT_LENGTH
from fedistats.errors import InvalidResponse
from fedistats.fetch import Fetch
from fedistats.model import InstanceInfo, Outcome
from fedistats.servers.api import DirectoryPage, Server
from fedistats.servers.registry import APIS
from fedistats.store import profile_counts
from fedistats.store.directories import DirectoryWriter
from fedistats.text.html import html_to_text
from fedistats.text.phrases import extract_terms

MAX_PROFILES = 1_000_000
"""Reading so many takes three and a half hours; the longest directories have a few hundred thousand."""


async def read_directory(
    fetch: Fetch,
    server: Server,
    instance: InstanceInfo,
    writer: DirectoryWriter,
    save_instance: Callable[[InstanceInfo], None],
    on_page: Callable[[int], None],
) -> None:
    """Read the directory to its end, and end it in the store. `on_page` is called with the number of profiles of each page."""
    read_pages = APIS[instance.api].directory
    if read_pages is None:
        writer.end(Outcome.CLOSED, f"its software, {instance.software or instance.api}, has none")
        return

    async def read() -> None:
        with_users = await with_user_count(fetch, instance)
        if with_users != instance:
            save_instance(with_users)
        async with aclosing(read_pages(fetch, server, writer.is_new, writer.directory.next_offset)) as pages:
            async for page in pages:
                _add_page(writer, page)
                on_page(len(page.accounts))
                if page.offset >= MAX_PROFILES:
                    raise InvalidResponse(f"the directory of {server.domain} has no end", "endless")

    failure = await attempt(read(), server.domain)
    if failure is None:
        writer.end(Outcome.COMPLETE)
    else:
        outcome, reason = failure.after(writer.directory.listed)
        writer.end(outcome, reason, resumable=failure.resumable)


def _add_page(writer: DirectoryWriter, page: DirectoryPage) -> None:
    accounts = [account for account in page.accounts if optout.may_count(account)]
    bios = [text for account in accounts if (text := html_to_text(account.note)).strip()]
    writer.add(
        page.offset,
        listed=len(page.accounts),
        left_out=len(page.accounts) - len(accounts),
        bios=[extract_terms(text[:MAX_TEXT_LENGTH]) for text in bios],
        fields=map(profile_counts.field_names, accounts),
        counts=Counter(bin_ for account in accounts for bin_ in profile_counts.bins(account)),
    )
