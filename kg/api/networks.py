"""Addresses and the networks that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Say whether an address is one of these, or lies in one of these networks.

    >>> is_within("10.1.2.3", ("10.0.0.0/8",)), is_within("::1", ("127.0.0.1",)), is_within("local", ("10.0.0.0/8",))
    (True, False, False)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network, strict=False) for network in networks)
