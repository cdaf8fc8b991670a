"""Collect what a command needs, for each host that the user named."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Any, NoReturn

import typer

from fedistats.cli.app import INTERRUPTED, PARTIAL, exit_code_and_message
from fedistats.cli.config_file import config_path
from fedistats.cli.console import configure_logging, console, print_message
from fedistats.cli.input_files import read_hosts, read_lines
from fedistats.cli.options import CommonOptions
from fedistats.cli.progress import progress_display, run_interruptible
from fedistats.cli.tokens import load_tokens
from fedistats.errors import FedistatsError, InvalidHost, NotCollected, RequestLimitReached
from fedistats.format import date
from fedistats.hosts import Host, parse_target
from fedistats.settings import CrawlSettings, Part, Scope


def for_each_host(hosts: Sequence[str] | None, input_file: Path | None, function: Callable[[str], None]) -> None:
    """Call the function for each host that was typed, then for each line of the file.

    With several hosts, an error of one does not stop the others. The exit code is the hosts' own if they agree, else PARTIAL.
    """
    hosts = [*(hosts or ()), *read_lines(input_file)]
    if not hosts:
        raise InvalidHost("a HOST is missing: give one, or a file of hosts with -i; see --help")
    if len(hosts) == 1:
        function(hosts[0])
        return
    codes = []
    for host in hosts:
        code = 0
        try:
            function(host)
        except typer.Exit as exit_:
            code = exit_.exit_code
        except FedistatsError as error:
            code, text = exit_code_and_message(error)
            if code == INTERRUPTED or isinstance(error, RequestLimitReached):
                raise
            print_message(text)
        codes.append(code)
    if any(codes):
        raise typer.Exit(codes[0] if len(set(codes)) == 1 else PARTIAL)


def collect(options: CommonOptions, part: Part, host: str, posts: int = 1, **crawl_options: Any) -> Host:
    """Collect what is missing, unless --offline; returns the instance's own name. `crawl_options` are for `api.collect`."""
    target = parse_target(host)
    if options.offline and not options.store_path.exists():
        raise NotCollected(
            f"there is no database at {options.store_path}: nothing was collected yet; run it once without --offline"
        )
    if options.offline and not options.dry_run:
        return target.host
    from fedistats import api  # imports the HTTP client
    from fedistats.crawl.crawler import collect_garbage_seldom

    collect_garbage_seldom()
    configure_logging(verbose=options.verbose)
    check_output(options)
    settings = CrawlSettings(
        pace=options.pace,
        patience=options.patience,
        concurrency=options.concurrency,
        contact=options.contact,
        exclude=read_hosts(options.exclude),
        tokens=load_tokens(os.environ, config_path(), target.host),
    )
    if options.dry_run:
        _dry_run(options, part, host, posts, crawl_options.get("scope"), settings)
    with progress_display(quiet=options.quiet, verbose=options.verbose) as on_progress:
        crawl_options |= {"settings": settings, "on_progress": on_progress}
        result = run_interruptible(
            api.collect(part, host, posts=posts, store=options.store_path, fresh=options.fresh, **crawl_options)
        )
    if result.earlier and not options.quiet:
        day = date(result.begun_at, "iso")
        if result.requests:
            print_message(f"{result.host}: continued the collection of {day}")
        else:
            print_message(f"{result.host}: using data collected on {day} (--fresh collects again)")
    return result.host


def _dry_run(
    options: CommonOptions, part: Part, host: str, posts: int, scope: Scope | None, settings: CrawlSettings
) -> NoReturn:
    """Print what is left to collect, and exit."""
    from fedistats import api
    from fedistats.render.terminal.dry_run import dry_run_table

    store, offline = options.store_path, options.offline
    plan = api.estimate(part, host, posts=posts, scope=scope, store=store, settings=settings, offline=offline)
    estimate = run_interruptible(plan)
    if options.json:
        sys.stdout.write(dumps({"plan": asdict(estimate)}, indent=2) + "\n")
    else:
        hosts, requests, seconds = estimate.hosts, estimate.requests, estimate.seconds
        console().print(dry_run_table(estimate.host, hosts, requests, seconds, more=estimate.more))
    if estimate.requests_made:
        print_message(f"sent {estimate.requests_made:,} requests to {estimate.host} to find this out; the data is kept")
    raise typer.Exit


def check_output(options: CommonOptions) -> None:
    """Before any request is sent: raise FedistatsError if results could not be written."""
    from fedistats.export.files import write

    write(options.output, {})
    if not os.access(options.output, os.W_OK):
        raise FedistatsError(f"cannot write to {options.output}; choose another folder with --output")
