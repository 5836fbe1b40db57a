"""Sources from the web as options of a command: their metadata are copied beside the store, and then read from there."""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from kg.errors import UsageError
from kg.readers.ome.remote import FetchLimits, mirror
from kg.store import FETCHED, Store

_DIGITS = 12


def add_fetching(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--fetch",
        metavar="URL",
        action="append",
        default=[],
        help="copy the metadata of a public OME-Zarr, never its pixels; https://..., or s3://BUCKET/KEY with --endpoint",
    )
    parser.add_argument(
        "--endpoint", metavar="URL", help="server of s3:// addresses, such as https://s3.embl.de; it may lie in the own network"
    )


def fetched(options: argparse.Namespace, store: Path) -> list[Path]:
    """Return the folders of the copies, made now.

    Raises:
        UsageError: there is nothing to harmonize, nothing may be fetched, or an address is none.
        SourceError: it cannot be fetched.
        StoreError: the folder of the store is none.
    """
    if not options.sources and not options.fetch:
        raise UsageError("SOURCE", "name a file, folder or archive, or an address with --fetch")
    if options.fetch and options.offline:
        raise UsageError("--fetch", "does not go with --offline")
    addresses = [_address(url, options.endpoint) for url in options.fetch]
    if addresses:
        Store.open(store, create=True).close()
    limits = FetchLimits()
    if options.endpoint:  # whoever names a server by hand may name one of the house
        limits = replace(limits, private=True)
    return [
        mirror(url, store / FETCHED / hashlib.sha256(url.encode()).hexdigest()[:_DIGITS], limits)
        for url in dict.fromkeys(addresses)
    ]


def _address(url: str, endpoint: str | None) -> str:
    """Return the web address of an object on S3; any other as it is."""
    if not url.startswith("s3://"):
        return url
    if not endpoint or urlsplit(endpoint).scheme not in {"http", "https"}:
        raise UsageError("--endpoint", f"say which server holds {url}, such as --endpoint https://s3.embl.de")
    return f"{endpoint.rstrip('/')}/{quote(url.removeprefix('s3://'))}"
