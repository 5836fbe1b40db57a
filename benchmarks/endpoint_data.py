"""Images by the million: made-up studies over real terms, as the files and sources of one Batch of the store.

The classes and predicates are those of the schema, the shape is that of what the mappings of IDR tables and OME files write: an
image under its source with its terms and the decisions about them, numbers of its pixels, its objective; every tenth image has
a channel of its own; studies, people and papers are claims. Every number is drawn from one seed: the same seed, size and index
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from kg.curie import PREFIXES, base_iri
from kg.mapping.cast import literal
from kg.schema import Schema, load_schema
from kg.store import SourceEntry
from kg.terms import TermIndex

IMAGES_AT_ONCE = 50_000
CHANNEL_EVERY = 10
VERSION = "bench 1"
_OTHER_OBJECTIVE, _DESCRIBED = 0.25, 0.7

LICENCES = tuple(
    f"https://creativecommons.org/{name}/"
    for name in (
        "licenses/by/4.0",
        "publicdomain/zero/1.0",
        "licenses/by-nc/4.0",
        "licenses/by-sa/4.0",
        "licenses/by-nc-sa/4.0",
    )
)
# Fluorophore, excitation and emission in nm.
DYES = (
    ("EGFP", 488, 509), ("DAPI", 405, 461), ("mCherry", 561, 610), ("Alexa Fluor 488", 491, 525), ("Alexa Fluor 647", 640, 668),
    ("Hoechst 33342", 355, 461), ("Cy3", 550, 570), ("SiR-tubulin", 640, 674), ("TMRM", 552, 574), ("YFP", 514, 527),
)  # fmt: skip
# Magnification, numerical aperture, immersion.
OBJECTIVES = (
    (63, "1.4", "Oil"), (20, "0.8", "Air"), (60, "1.42", "Oil"), (40, "1.3", "Oil"), (10, "0.3", "Air"), (100, "1.45", "Oil"),
    (25, "1.05", "Water"), (40, "0.95", "Air"), (63, "1.2", "Water"), (5, "0.16", "Air"), (100, "1.49", "Oil"),
    (20, "0.5", "WaterDipping"),
)  # fmt: skip
ORGANISMS = (
    "NCBITaxon:9606", "NCBITaxon:10090", "NCBITaxon:7955", "NCBITaxon:7227", "NCBITaxon:559292", "NCBITaxon:6239",
    "NCBITaxon:3702", "NCBITaxon:10116", "NCBITaxon:9031", "NCBITaxon:8355", "NCBITaxon:4932", "NCBITaxon:562",
    "NCBITaxon:9823", "NCBITaxon:9544", "NCBITaxon:9913", "NCBITaxon:4896", "NCBITaxon:44689", "NCBITaxon:9615",
    "NCBITaxon:8364", "NCBITaxon:10029", "NCBITaxon:5833", "NCBITaxon:9986", "NCBITaxon:7165", "NCBITaxon:7460",
    "NCBITaxon:45351", "NCBITaxon:7719", "NCBITaxon:83333", "NCBITaxon:2697049", "NCBITaxon:8090", "NCBITaxon:39947",
)  # fmt: skip
SUBJECTS = """
mitosis spindle tubulin actin chromatin nucleus membrane mitochondria vesicle lysosome golgi kinetochore centrosome cilium
axon dendrite synapse myelin vessel lumen epithelium lamina junction adhesion migration invasion wound regeneration division
apoptosis autophagy endocytosis secretion transport signalling calcium voltage receptor kinase knockdown knockout
overexpression rescue control untreated treated inhibitor drug dose response time-lapse live fixed cleared expanded stained
antibody reporter transgenic wild-type mutant embryo larva adult explant organoid spheroid monolayer culture tissue section
biopsy tumour metastasis infection inflammation screen plate well field stack projection tile mosaic overview detail raw
deconvolved segmented tracked annotated replicate pilot validation primary secondary confocal widefield light-sheet super-
resolution phase contrast bright fluorescence electron tomography intensity morphology shape texture density distance
orientation polarity gradient boundary pattern cluster network branching bundle
""".split()  # noqa: SIM905 - ninety words read better in lines
POOLS: Mapping[str, tuple[str, int, int]] = {
    "imaging_method": ("FBbi:00000222", 60, 3),
    "cell_type": ("CL:0000000", 600, 8),
    "organism_part": ("UBERON:0000061", 400, 4),
    "disease": ("MONDO:0000001", 200, 2),
}
"""Field to the root of its terms, how many of them are in use, and how many of these a study has."""
SHARES = {"imaging_method": 1.0, "organism": 1.0, "cell_type": 0.7, "organism_part": 0.5, "disease": 0.2}
"""Which part of the images says something in a field."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made: images, studies (each a source), and the seed."""

    images: int
    studies: int
    seed: int = 20

    @classmethod
    def of(cls, images: int, seed: int = 20) -> Size:
        return cls(images, max(2, min(1_000, images // 50)), seed)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: files of own statements and of claims, the sources, and how many statements an image has on average."""

    own: Path
    claims: Path
    sources: tuple[SourceEntry, ...]
    per_image: float


@dataclass(frozen=True, slots=True)
class Pool:
    """Terms of a field, the most frequent first: CURIE, IRI and label."""

    curies: tuple[str, ...]
    iris: tuple[str, ...]
    labels: tuple[str, ...]


def zipf(random: np.random.Generator, below: int, shape: tuple[int, ...], slope: float = 1.1) -> np.ndarray:
    """Draw numbers from 0 to ``below`` - 1 whose frequency falls with their size."""
    weights = 1 / np.arange(1, below + 1) ** slope
    return random.choice(below, size=shape, p=weights / weights.sum())


def pools(index: TermIndex, random: np.random.Generator) -> dict[str, Pool]:
    """Draw the terms in use from the branch of each field; fewer where the index holds fewer."""
    drawn = {"organism": [curie for curie in ORGANISMS if index.term(curie)]}
    for field, (root, count, _) in POOLS.items():
        prefix = root.partition(":")[0] + ":"
        branch = sorted(curie for curie in index.descendants(root) if curie.startswith(prefix))
        drawn[field] = [branch[number] for number in random.permutation(len(branch))[:count]]
    made = {}
    for field, curies in drawn.items():
        terms = [term for curie in curies if (term := index.term(curie)) and term.label]
        made[field] = Pool(tuple(t.curie for t in terms), tuple(t.iri for t in terms), tuple(t.label for t in terms))
    return made


class Names:
    """Predicates and classes of the schema, in the prefixed form that the files use."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

    def slot(self, name: str, class_name: str = "Image") -> str:
        return self.short(self._schema.slot(class_name, name).iri)

    def kind(self, class_name: str) -> str:
        return self.short(self._schema.class_(class_name).iri)

    def short(self, iri: str) -> str:
        for prefix, namespace in PREFIXES.items():
            rest = iri.removeprefix(namespace)
            if rest != iri and rest.replace("_", "").isalnum():
                return f"{prefix}:{rest}"
        return f"<{iri}>"


class Maker:
    """Draws and writes; one for each run."""

    def __init__(self, size: Size, index: TermIndex) -> None:
        self.size = size
        self.random = np.random.default_rng(size.seed)
        self.pools = pools(index, self.random)
        self.names = Names(load_schema())
        base = base_iri()
        self.studies = [f"{base}study/bench{number:04d}" for number in range(size.studies)]
        self.sources = [f"{base}source/bench/bench{number:04d}-annotation.csv" for number in range(size.studies)]
        shares = self.random.lognormal(0, 1.2, size.studies)
        cuts = np.floor(np.cumsum(shares / shares.sum()) * (size.images - size.studies)).astype(int)
        cuts[-1] = size.images - size.studies
        self.counts = np.diff(cuts, prepend=0) + 1
        self.terms = {field: self._terms_of_studies(field) for field in self.pools if self.pools[field].curies}
        self.objectives = zipf(self.random, len(OBJECTIVES), (size.studies, 2))
        self.years = self.random.integers(2010, 2026, size.studies)
        self.written = 0

    def _terms_of_studies(self, field: str) -> np.ndarray:
        width = POOLS[field][2] if field in POOLS else 2
        return zipf(self.random, len(self.pools[field].curies), (self.size.studies, width))

    def write(self, folder: Path) -> Made:
        own, claims = folder / "own.trig", folder / "claims.trig"
        with own.open("wb") as file:
            file.write(self.names.prefixes.encode())
            for blocks in self._own_blocks():
                blocks.to_frame("b").write_csv(file, include_header=False, quote_style="never", line_terminator="\n")
        with claims.open("w", encoding="utf-8") as text:
            text.write(self.names.prefixes)
            text.writelines(self._claims())
        return Made(own, claims, tuple(self._entries()), self.written / self.size.images)

    def _entries(self) -> Iterator[SourceEntry]:
        for number, iri in enumerate(self.sources):
            key = f"bench/bench{number:04d}-annotation.csv"
            yield SourceEntry(iri, key, f"/{key}", f"{number:064x}", VERSION, rows=int(self.counts[number]))

    # ------------------------------------------------------------------------------------------------------- own statements

    def _own_blocks(self) -> Iterator[pl.Series]:
        """Yield TriG: of some studies at a time what stands once in a source, then its images."""
        first = 0
        while first < self.size.studies:
            last = first + 1
            while last < self.size.studies and self.counts[first : last + 1].sum() <= IMAGES_AT_ONCE:
                last += 1
            images = self._images(first, last)
            grouped = images.group_by("study", maintain_order=True).agg("block")
            heads = [self._head(number) for number in range(first, last)]
            yield pl.Series(
                [
                    f"{self._graph(number)}{{{head}{''.join(blocks)}}}"
                    for number, head, blocks in zip(range(first, last), heads, grouped["block"], strict=True)
                ]
            )
            first = last

    def _graph(self, number: int) -> str:
        return f"<{self.sources[number]}>"

    def _head(self, number: int) -> str:
        """Return the record of a source, its objectives, and its decisions."""
        slot, source = self.names.slot, self.sources[number]
        key = source.rpartition("/id/source/")[2]
        record = {
            "name": literal(key), "source_path": literal(key), "content_digest": literal(f"sha256:{number:064x}"),
            "mapping_name": literal("bench"), "mapping_version": literal("1"), "row_count": str(self.counts[number]),
        }  # fmt: skip
        said = "".join(f"{slot(name, 'SourceRecord')} {value};" for name, value in record.items())
        parts = [f"<{source}> a {self.names.kind('SourceRecord')};{said}."]
        for place, kind in enumerate(self.objectives[number]):
            magnification, aperture, immersion = OBJECTIVES[kind]
            parts.append(
                f"<{source}/objective/{place}> a {self.names.kind('Objective')};{slot('derived_from')} <{source}>;"
                f'{slot("name")} "{magnification}x/{aperture} {immersion}";{slot("lens_na", "Objective")} {aperture};'
                f"{slot('nominal_magnification', 'Objective')} {magnification}.0;"
                f"{slot('immersion', 'Objective')} <{PREFIXES['ome']}ObjectiveImmersion#{immersion}>."
            )
        for field, drawn in self.terms.items():
            parts.extend(self._decision(number, field, int(term)) for term in sorted(set(drawn[number])))
        return "".join(parts)

    def _decision(self, number: int, field: str, term: int) -> str:
        slot, source, pool = self.names.slot, self.sources[number], self.pools[field]
        label = literal(pool.labels[term])
        said = {
            "field": literal(field), "decides": slot(field), "source_text": label, "matched_text": label, "chosen_label": label,
            "chosen_term": self.names.short(pool.iris[term]), "decision_status": '"accepted"', "tier_of_decision": '"label"',
            "why": literal(f"'{pool.labels[term]}' is the label of {pool.curies[term]}"), "score": "1.0",
            "decided_by": f"<{PREFIXES['kg']}software/0.1.0>", "derived_from": f"<{source}>",
        }  # fmt: skip
        body = "".join(f"{slot(name, 'Decision')} {value};" for name, value in said.items())
        return f"<{self._decision_iri(number, field, term)}> a {self.names.kind('Decision')};{body}."

    def _decision_iri(self, number: int, field: str, term: int) -> str:
        return f"{self.sources[number]}/decision/{field}-{self.pools[field].curies[term].replace(':', '_')}"

    def _images(self, first: int, last: int) -> pl.DataFrame:
        """Return the number of the study and the TriG block of every image of some studies."""
        slot, counts = self.names.slot, self.counts[first:last]
        study = np.repeat(np.arange(first, last), counts)
        many = len(study)
        number = np.arange(many) - np.repeat(np.cumsum(counts) - counts, counts)
        source = pl.Series(self.sources).gather(study)
        image = pl.select(pl.concat_str(source, pl.lit("/image/"), pl.Series(number))).to_series()
        spots, subject = self._terms_of_images(study)
        size = np.round(0.05 + 0.005 * zipf(self.random, 200, (many,), 0.7), 3)
        objective = (self.random.random(many) < _OTHER_OBJECTIVE).astype(int)
        columns: list[pl.Expr] = [
            _text("<", image, f"> a {self.names.kind('Image')};{slot('name')} ", self._titles(subject, number), ";"),
            _text(f"{slot('derived_from')} <", source, f">;{slot('part_of')} <", pl.Series(self.studies).gather(study), ">;"),
            _text(f"{slot('objective')} <", source, "/objective/", pl.Series(objective), ">;"),
            _text(f"{slot('pixel_size_x')} ", pl.Series(size), f";{slot('pixel_size_y')} ", pl.Series(size), ";"),
            _text(f"{slot('acquisition_date')} ", self._dates(study), "^^xsd:dateTime;"),
            *self._described(subject, many),
            *spots,
            self._channel(image, source, many),
        ]
        self.written += int(8 * many)
        block = pl.concat_str([column.fill_null("") for column in columns])
        return pl.DataFrame({"study": study}).with_columns(block=block)

    def _terms_of_images(self, study: np.ndarray) -> tuple[list[pl.Expr], pl.Series]:
        """Return the terms with their decisions as columns, and the label of what an image shows."""
        columns, many = [], len(study)
        subject = pl.Series([""] * many)
        for field, drawn in self.terms.items():
            place = np.minimum(self.random.geometric(0.55, many) - 1, drawn.shape[1] - 1)
            term = drawn[study, place]
            given = self.random.random(many) < SHARES[field]
            pool = self.pools[field]
            iri = pl.Series([self.names.short(iri) for iri in pool.iris]).gather(term)
            curie = pl.Series([curie.replace(":", "_") for curie in pool.curies]).gather(term)
            source = pl.Series(self.sources).gather(study)
            said = _text(
                f"{self.names.slot(field)} ",
                iri,
                f";{self.names.slot('decision')} <",
                source,
                f"/decision/{field}-",
                curie,
                ">;",
            )
            columns.append(pl.when(pl.Series(given)).then(said))
            self.written += 2 * int(given.sum())
            if field in {"cell_type", "organism_part"}:
                label = pl.Series(pool.labels).gather(term)
                subject = pl.select(pl.when(pl.Series(given) & (subject == "")).then(label).otherwise(subject)).to_series()
        return columns, subject.replace("", "cells")

    def _words(self, many: int, count: int) -> pl.DataFrame:
        drawn = zipf(self.random, len(SUBJECTS), (many, count), 0.8)
        words = pl.Series(SUBJECTS)
        return pl.DataFrame({str(place): words.gather(drawn[:, place]) for place in range(count)})

    def _titles(self, subject: pl.Series, number: np.ndarray) -> pl.Series:
        words = self._words(len(number), 2)
        return pl.select(
            _text('"', subject.str.replace_all('"', ""), " ", words["0"], " ", words["1"], " ", pl.Series(number), '"')
        ).to_series()

    def _described(self, subject: pl.Series, many: int) -> list[pl.Expr]:
        words = self._words(many, 9)
        given = self.random.random(many) < _DESCRIBED
        self.written += int(given.sum())
        pieces: list[str | pl.Series] = [
            f'{self.names.slot("description")} "',
            words["0"],
            " of ",
            subject.str.replace_all('"', ""),
            " with ",
        ]
        for place in range(1, 9):
            pieces += [words[str(place)], " "]
        return [pl.when(pl.Series(given)).then(_text(*pieces, '.";'))]

    def _dates(self, study: np.ndarray) -> pl.Series:
        start = (self.years[study] - 1970) * 31_556_952
        seconds = start + self.random.integers(0, 31_000_000, len(study))
        moment = pl.Series(seconds * 1_000).cast(pl.Datetime("ms")).dt.strftime('"%Y-%m-%dT%H:%M:%S"')
        return moment.alias("date")

    def _channel(self, image: pl.Series, source: pl.Series, many: int) -> pl.Expr:
        """Return the end of an image's block: a channel for some, the full stop for all."""
        slot = self.names.slot
        dye = zipf(self.random, len(DYES), (many,), 0.8)
        given = np.arange(many) % CHANNEL_EVERY == 0
        self.written += 9 * int(given.sum())
        column = [pl.Series([str(one[place]) for one in DYES]).gather(dye) for place in range(3)]
        kind, part, derived = self.names.kind("SignalChannel"), slot("part_of"), slot("derived_from")
        dye_of, excitation, emission, place = (
            slot(name, "SignalChannel")
            for name in ("fluorophore", "excitation_wavelength", "emission_wavelength", "channel_index")
        )
        said = _text(
            f"{slot('channels')} <", image, "/channel/0>.<", image, f"/channel/0> a {kind};{part} <", image,
            f'>;{slot("name")} "', column[0], f'";{dye_of} "', column[0], f'";{excitation} ', column[1], f".0;{emission} ",
            column[2], f".0;{place} 0;{derived} <", source, ">.",
        )  # fmt: skip
        return pl.when(pl.Series(given)).then(said).otherwise(pl.lit("."))

    # --------------------------------------------------------------------------------------------------------------- claims

    def _claims(self) -> Iterator[str]:
        """Yield what each source says of its study, its paper and their authors."""
        people = max(3, self.size.studies * 2)
        for number in range(self.size.studies):
            authors = sorted(set(zipf(self.random, people, (4,), 0.6).tolist()))
            yield f"{self._graph(number)}{{{self._study(number, authors)}{''.join(map(self._person, authors))}}}\n"

    def _study(self, number: int, authors: Iterable[int]) -> str:
        slot, iri, source = self.names.slot, self.studies[number], self.sources[number]
        words = [SUBJECTS[word] for word in zipf(self.random, len(SUBJECTS), (14,), 0.7)]
        subject = self.pools["cell_type"].labels[self.terms["cell_type"][number, 0]] if "cell_type" in self.terms else "cells"
        title = f"{words[0]} and {words[1]} of {subject} by {words[2]} {words[3]}".capitalize()
        paper = f"https://doi.org/10.5555/bench.{number}"
        said: list[tuple[str, str]] = [
            ("accession", literal(f"bench{number:04d}")), ("name", literal(title)),
            ("description", literal(f"We show {' '.join(words[4:])} in {subject}.")),
            ("license", f"<{LICENCES[min(int(self.random.geometric(0.5)) - 1, len(LICENCES) - 1)]}>"),
            ("date_published", f'"{self.years[number] + 1}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"^^xsd:date'),
            ("image_count", str(self.counts[number])), ("related_publications", f"<{paper}>"), ("derived_from", f"<{source}>"),
            *(("author", _person_iri(author)) for author in authors),
            *(("keywords", literal(word)) for word in sorted(set(words[:3]))),
        ]  # fmt: skip
        for field in ("organism", "imaging_method"):
            if field in self.terms:
                iris = sorted({self.pools[field].iris[term] for term in self.terms[field][number]})
                said += [(field, self.names.short(term)) for term in iris]
        body = "".join(f"{slot(name, 'Study')} {value};" for name, value in said)
        article = (
            f"<{paper}> a {self.names.kind('Publication')};{slot('name')} {literal(title + ': a study')};"
            f"{slot('doi', 'Publication')} <{paper}>;{slot('derived_from')} <{source}>."
        )
        return f"<{iri}> a {self.names.kind('Study')};{body}.{article}"

    def _person(self, number: int) -> str:
        slot, iri = self.names.slot, _person_iri(number)
        return f'{iri} a {self.names.kind("Person")};{slot("name")} "Author {number}";{slot("orcid", "Person")} {iri}.'


def _person_iri(number: int) -> str:
    return f"<https://orcid.org/0000-0002-{number // 10_000:04d}-{number % 10_000:04d}>"


def _text(*pieces: str | pl.Series) -> pl.Expr:
    return pl.concat_str([pl.lit(piece) if isinstance(piece, str) else piece for piece in pieces])


def make(folder: Path, size: Size, index: TermIndex) -> Made:
    """Write the files of a store of made-up images into an existing folder."""
    return Maker(size, index).write(folder)


def image_iris(size: Size, counts: Sequence[int], many: int) -> list[str]:
    """Return IRIs of images drawn evenly, by the seed: for questions about single records."""
    random = np.random.default_rng(size.seed + 1)
    studies = random.integers(0, size.studies, many)
    base = base_iri()
    return [
        f"{base}source/bench/bench{study:04d}-annotation.csv/image/{random.integers(0, counts[study])}" for study in studies
    ]
