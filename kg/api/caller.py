"""Who asks: the address for fairness, and what a token allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["anonymous", "reader", "writer", "admin"]
_RANK = {"anonymous": 0, "reader": 1, "writer": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        address: of the client, for fairness and never for rights.
        role: of the token shown; ``anonymous`` without one.
        groups: whose sources the caller may see beside the public ones.
        name: of the token, for the audit log; empty without one.
    """

    address: str
    role: Role = "anonymous"
    groups: frozenset[str] = frozenset()
    name: str = ""

    @property
    def sees_everything(self) -> bool:
        """Say whether the caller sees the sources of all groups, and the private ones."""
        return self.role == "admin"

    def may(self, role: Role) -> bool:
        """Say whether the caller has a role, or one that includes it.

        >>> Caller("::1", "admin").may("writer"), Caller("::1", "reader").may("writer")
        (True, False)
        """
        return _RANK[self.role] >= _RANK[role]

    @property
    def client(self) -> str:
        """Return who is meant where clients take turns: the token, or the address."""
        return f"token:{self.name}" if self.name else f"address:{self.address}"
