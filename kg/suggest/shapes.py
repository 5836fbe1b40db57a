"""Shapes of values that give away what a column holds: accessions of registers, wells, sequences, file names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_WRITTEN = {
    "well": r"[A-P](0?[1-9]|1\d|2[0-4])|[A-Z][A-F]?\d{2}",
    "taxon": r"(NCBITaxon|NCBITAXON|ncbitaxon|taxid)[_: ]?\d+",
    "accession": r"(?!(IDR|ENS|SAM|AB_|RRID)\w*)(https?://\S+/)?[A-Za-z][A-Za-z-]{1,12}[_:]\d{3,}",
    "ensembl gene": r"ENS[A-Z]*[GTP]\d{11}(\.\d+)?|FBgn\d{7}|WBGene\d{8}|Y[A-P][LR]\d{3}[WC](-[A-Z])?|SP[ABC][ABCP]?\w*\d+\.\w+"
    r"|AT[1-5MC]G\d{5}|MGI:\d+|HGNC:\d+|ZDB-GENE-[\d-]+",
    "transcript": r"[NX][MR]_\d{6,}(\.\d+)?",
    "uniprot": r"[OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d([A-Z][A-Z0-9]{2}\d){1,2}",
    "antibody": r"(RRID:\s?)?AB_\d{5,}",
    "rrid": r"RRID:\s?\w+",
    "orcid": r"(https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX]",
    "e-mail": r"[\w.+-]+@[\w-]+(\.[\w-]+)+",
    "doi": r"(https?://(dx\.)?doi\.org/|doi:\s?)?10\.\d{4,9}/\S+",
    "web address": r"https?://\S+",
    "licence": r"(https?://creativecommons\.org/\S+|CC[ -]?(BY|0|ZERO)\b.*)",
    "image file": r"(?i).*\.(ome\.)?(tiff?|czi|nd2|lif|lsm|oib|oif|vsi|dv|png|jpe?g|ims|zarr|svs|ndpi|mrc|dm[34]|flex|bmp)",
    "sequence": r"(?i)[acgtun -]{15,}|\(?[ACGTU]{17,}\)?(d?TT)?",
    "inchikey": r"[A-Z]{14}-[A-Z]{10}-[A-Z]",
    "inchi": r"InChI=.+",
    "smiles": r"(?=.*[=#()\[\]@])(?!.*\s)[A-Za-z0-9@+\-\[\]()=#$/\\.%*:]{8,}",
    "cas": r"\d{2,7}-\d{2}-\d",
    "magnification": r"\d+(\.\d+)?\s?[xX\N{MULTIPLICATION SIGN}]",
    "dilution": r"1\s?[:/]\s?\d[\d,.]*(k)?",
    "molarity": r"\d+(\.\d+)?\s?([mnpuµμ]?M|[mnpuµμ]?mol/[lL])",
    "dimensions": r"\d+\s?[x\N{MULTIPLICATION SIGN}]\s?\d+(\s?[x\N{MULTIPLICATION SIGN}]\s?\d+)*",
    "yes or no": r"(?i)yes|no|true|false|y|n|t|f",
    "wavelengths": r"\d{3}(/\d{1,3})? ?(nm)?",
    "biosample": r"SAM(N|EA?|D)\d+",
    "control": r"(?i)(positive|negative|mock|scrambled?|vehicle|untreated|no|empty)[ _-]?(control|ctrl|treatment)?s?"
    r"|control|pos|neg|treated",
    "sex": r"(?i)male|female|m|f|mixed sex|hermaphrodite",
    "digits": r"\d+",
}
SHAPES: Mapping[str, re.Pattern[str]] = MappingProxyType({name: re.compile(text) for name, text in _WRITTEN.items()})
"""Name of a shape to the expression that whole values match."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a shape says: a slot, and how sure it is where nearly all values have the shape."""

    class_: str
    slot: str
    trust: float


HINTS: Mapping[str, tuple[Hint, ...]] = MappingProxyType({
    "well": (Hint("Well", "well_name", 0.62),),
    "taxon": (Hint("Biosample", "organism", 0.9),),
    "ensembl gene": (Hint("Biosample", "gene_identifier", 0.85),),
    "transcript": (Hint("Biosample", "gene_identifier", 0.45),),
    "uniprot": (Hint("Biosample", "gene_identifier", 0.35),),
    "antibody": (Hint("Reagent", "rrid", 0.8), Hint("Reagent", "identifier", 0.55)),
    "rrid": (Hint("Reagent", "rrid", 0.75),),
    "orcid": (Hint("Person", "orcid", 0.9),),
    "e-mail": (Hint("Person", "email", 0.9),),
    "licence": (Hint("Study", "license_text", 0.6),),
    "image file": (Hint("Image", "file_path", 0.75), Hint("Image", "name", 0.5)),
    "sequence": (Hint("Reagent", "sequence", 0.75),),
    "inchikey": (Hint("Reagent", "inchikey", 0.92),),
    "smiles": (Hint("Reagent", "smiles", 0.6),),
    "cas": (Hint("Reagent", "cas_number", 0.8),),
    "magnification": (Hint("Objective", "nominal_magnification", 0.75),),
    "dilution": (Hint("Reagent", "dilution", 0.7),),
    "molarity": (Hint("Biosample", "compound_concentration", 0.6),),
    "biosample": (Hint("Biosample", "accession", 0.7),),
    "control": (Hint("Biosample", "control_type", 0.6),),
    "sex": (Hint("Biosample", "sex", 0.6),),
})  # fmt: skip
