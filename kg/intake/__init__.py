"""Intake: what a repository or a notebook on the web says, copied into a folder as sources that readers know.

A folder holds the copy of one address (`kg.intake.mirror`); a later copy asks only for what may have changed. Pixels are never
asked for. Nothing is asked unless the user names the address.
"""

from kg.intake.asker import Asker
from kg.intake.clock import Clock, SystemClock
from kg.intake.manners import Manners
from kg.intake.mirror import Mirror
from kg.intake.pull import KINDS, Copied, Wish, pull
from kg.intake.settling import Settling, Sign, open_for_writing, sign_of

__all__ = [
    "KINDS",
    "Asker",
    "Clock",
    "Copied",
    "Manners",
    "Mirror",
    "Settling",
    "Sign",
    "SystemClock",
    "Wish",
    "open_for_writing",
    "pull",
    "sign_of",
]
