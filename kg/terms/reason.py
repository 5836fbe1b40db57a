"""Classification: what follows from an ontology's definitions, written out beside all that the ontology says.

Editors' files define classes and leave it to a reasoner to place them; without it, half of what is below a class is not found.
"""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import TermError
from kg.terms.files.annotations import OWL, RDFS
from kg.terms.files.facts import curie_of
from kg.terms.files.ontology_file import RDF_SYNTAXES, facts_of, recognise
from kg.terms.files.packed import opened, peek
from kg.terms.hermit import Hierarchy, hermit, missing
from kg.terms.logic import Logic, logic_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
