"""An OLS 4 on loopback with a few terms: right where OLS is right, and, switch by switch, wrong where OLS or the net can be."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

OBO = "http://purl.obolibrary.org/obo/"
BAO = "http://www.bioassayontology.org/bao#"
OIO = "http://www.geneontology.org/formats/oboInOwl#"


@dataclass(frozen=True)
class Class:
    """A class in one ontology.

    Attributes:
        synonyms: name to scope (``Exact``, ``Narrow``, ...), a scope with ``*`` having a cross reference.
        above: all classes above it, by is-a and part-of.
        parents: those directly above it.
    """

    iri: str
    label: str
    ontology: str
    synonyms: dict[str, str] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    defining: bool = True
    obsolete: bool = False
    replaced_by: str = ""

    @property
    def short(self) -> str:
        return self.iri.rpartition("#")[2].rpartition("/")[2]

    @property
    def curie(self) -> str:
        return self.short.replace("_", ":", 1)


CELL, NEURON, KIDNEY = OBO + "CL_0000000", OBO + "CL_0000540", OBO + "UBERON_0002113"
CLASSES = (
    Class(CELL, "cell", "cl"),
    Class(NEURON, "neuron", "cl", {"nerve cell": "Exact", "neuronal thing": "Related*", "brain cell": "Broad"}, (CELL,), (CELL,)),
    Class(OBO + "CL_0000598", "pyramidal neuron", "cl", {"pyramidal cell": "Exact*"}, (NEURON, CELL), (NEURON,)),
    Class(OBO + "CL_0009999", "twin", "cl", {}, (CELL,), (CELL,)),
    Class(OBO + "CL_0009998", "Twin", "cl", {}, (CELL,), (CELL,)),
    Class(OBO + "CL_0009990", "membrane bit", "cl"),  # not below cell
    Class(OBO + "CL_0000001", "obsolete primary cultured cell", "cl", {"primary cultured cell": "Exact"}, obsolete=True, replaced_by=CELL),
    Class(OBO + "CL_0000002", "lost cell", "cl", obsolete=True),
    Class(CELL, "cell", "efo", {"whole cell": "Exact"}, defining=False),
    Class("http://www.ebi.ac.uk/efo/EFO_0000324", "cell type", "efo"),
    Class("http://www.ebi.ac.uk/efo/EFO_0009001", "neuron", "efo", {}, ("http://www.ebi.ac.uk/efo/EFO_0000324",)),
    Class("http://www.ebi.ac.uk/efo/EFO_0009002", "odd cell", "efo", {}, ("http://www.ebi.ac.uk/efo/EFO_0000324",)),
    Class(OBO + "CL_0007777", "borrowed cell", "efo", {}, (CELL,), (CELL,), defining=False),
    Class(KIDNEY, "kidney", "uberon", {"renal organ": "Exact"}),
    Class(OBO + "ZFA_0000529", "kidney", "zfa"),
    Class(OBO + "ZFA_0000001", "swim organ", "zfa"),
    Class(BAO + "BAO_0002003", "dose response assay", "bao", {"dose-response": "Exact"}),
    Class(BAO + "BAO_0002004", 'the "quoted" assay', "bao"),
    Class(OBO + "MONDO_0005233", "lung carcinoma", "mondo"),
    Class(OBO + "DOID_3905", "lung carcinoma", "doid"),
)  # fmt: skip


@dataclass
class Traps:
    """What the server does wrong, or as OLS does it; all can be switched while it runs.

    Attributes:
        loose_exact: ``exact`` finds texts that merely hold the words.
        deaf_to_branches: ``allChildrenOf`` is not heeded.
        wrong_total: factor on all counts of hits and pages.
        repeats: every page is the first one.
        cap: most entries of a page, whatever is asked for.
        no_curie: ``obo_id`` is left out.
        no_defining: ``is_defining_ontology`` is left out.
        tagged: labels and synonyms are objects with a language, with a German one first.
        blank_synonyms: every list of synonyms begins with empty ones.
        no_v2: there is no v2.
        status: answered to everything, if not 200; ``headers`` go with it.
        body: sent in place of every answer, when it is there.
        hangs: seconds before an answer.
        drips: seconds between the bytes of an answer.
        fails: the next requests get no answer at all.
        redirect: where every request is sent on to; ``{}`` stands for its path.
        moved: the status of that.
        cut: bytes of the body after which the connection ends.
        packed: said to be the encoding of the answer.
    """

    loose_exact: bool = False
    deaf_to_branches: bool = False
    wrong_total: float = 1
    repeats: bool = False
    cap: int = 0
    no_curie: bool = False
    no_defining: bool = False
    tagged: bool = False
    blank_synonyms: bool = False
    no_v2: bool = False
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    hangs: float = 0
    drips: float = 0
    fails: int = 0
    redirect: str = ""
    moved: int = 301
    cut: int | None = None
    packed: str = ""


class OlsServer(ThreadingHTTPServer):
    """The server; ``asked`` holds the paths with their queries, ``searched`` the queries of searches alone."""

    daemon_threads = True

    def __init__(self, classes=CLASSES):
        super().__init__(("127.0.0.1", 0), Handler)
        self.classes = list(classes)
        self.traps = Traps()
        self.versions = {"cl": "2026-01-08", "zfa": "2025-09-01"}
        self.asked: list[str] = []
        self.times: list[float] = []
        self.sent_headers: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/ols4"

    def handle_error(self, request, client_address):
        """Say nothing: clients that give up are part of the tests."""

    @property
    def searched(self) -> list[dict[str, str]]:
        split = map(urlsplit, self.asked)
        return [{name: said[0] for name, said in parse_qs(s.query).items()} for s in split if s.path == "/ols4/api/search"]

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        return thread

    # ---------------------------------------------------------------------------------------------------------- endpoints

    def answer(self, path: str, query: dict[str, str]):
        """Return the status and the JSON for a path below ``/ols4``; the path is decoded once, as by a server in front."""
        if path == "/api/search":
            return self.search(query, self.search_filter(query))
        if path == "/api/select":
            return self.search({**query, "exact": "false"}, self.select_filter(query))
        if path == "/api/ontologies":
            return self.ontologies(query)
        parts = path.strip("/").split("/")
        if len(parts) == 6 and parts[:3] == ["api", "v2", "ontologies"] and parts[4] == "classes" and not self.traps.no_v2:
            return self.one(parts[3], unquote(parts[5]), self.v2)
        if len(parts) == 5 and parts[:2] == ["api", "ontologies"] and parts[3] == "terms":
            return self.one(parts[2], unquote(parts[4]), self.v1)
        return 404, {"status": 404, "message": f"Endpoint not found: {path}"}

    def search(self, query, keeps):
        words = query["q"].lower()
        if query.get("exact") == "true" and "queryFields" in query and not self.traps.loose_exact:
            phrase = unescaped(words)
            if phrase is None:
                return 500, {"status": 500, "error": "org.apache.solr.parser.ParseException"}
            hits = [c for c in self.classes if keeps(c) and phrase in {name.lower() for name in (c.label, *c.synonyms)}]
        else:  # edismax, all words somewhere in label, synonyms or identifiers
            wanted = words.replace("\\", "").split()
            held = [(c, " ".join((c.label, *c.synonyms, c.short, c.curie)).lower()) for c in self.classes]
            hits = [c for c, text in held if keeps(c) and all(word in text for word in wanted)]
        if "groupField" in query:  # any value at all folds by IRI
            hits = list({c.iri: c for c in hits}.values())
        first, rows = int(query.get("start", 0)), int(query.get("rows", 10))
        shown = self.page(hits, first, rows)
        docs = [self.doc(c, query.get("fieldList", "")) for c in shown]
        # The snapshot of OLS says 0 whatever was asked for.
        return 200, {
            "responseHeader": {"status": 0, "QTime": 1},
            "response": {"numFound": int(len(hits) * self.traps.wrong_total), "start": 0, "docs": docs},
            "facet_counts": {"facet_fields": {}},
        }  # fmt: skip

    def search_filter(self, query):
        below = {*split(query.get("allChildrenOf")), *split(query.get("childrenOf"))}  # one and the same in searches
        only = set(split(query.get("ontology")))

        def keeps(c: Class) -> bool:
            inside = not below or self.traps.deaf_to_branches or below & set(c.above)
            local = query.get("local") != "true" or c.defining
            return bool((not only or c.ontology in only) and inside and local) and c.obsolete == (
                query.get("obsoletes") == "true"
            )

        return keeps

    def select_filter(self, query):
        below, direct = set(split(query.get("allChildrenOf"))), set(split(query.get("childrenOf")))

        def keeps(c: Class) -> bool:
            inside = (not below or below & set(c.above)) and (not direct or direct & set(c.parents))
            return bool(inside) and c.obsolete == (query.get("obsoletes") == "true")

        return keeps

    def ontologies(self, query):
        names = sorted({c.ontology for c in self.classes})
        number, size = int(query.get("page", 0)), int(query.get("size", 20))
        size = min(size, self.traps.cap or size)
        shown = self.page(names, number * size, size)
        pages = int(-(-len(names) // size) * self.traps.wrong_total)
        listed = [
            {"ontologyId": name, "lang": "en", "version": self.versions.get(name), "loaded": "2026-11-01T02:03:04", "config": {
                "id": name, "preferredPrefix": {"bao": None}.get(name, name.upper()),
                "versionIri": f"http://example.org/{name}/releases/2025-02-03/{name}.owl" if name == "efo" else None,
            }}
            for name in shown
        ]  # fmt: skip
        # Links as a server behind another one writes them: they lead nowhere.
        links = {rel: {"href": "http://localhost:9/api/ontologies?page=0&size=1"} for rel in ("self", "next", "last")}
        body = {"_links": links, "page": {"size": size, "totalElements": len(names), "totalPages": pages, "number": number}}
        return 200, body | ({"_embedded": {"ontologies": listed}} if listed else {})

    def page(self, everything, first, rows):
        rows = min(rows, self.traps.cap or rows)
        return everything[:rows] if self.traps.repeats else everything[first : first + rows]

    def one(self, ontology, iri, form):
        found = next((c for c in self.classes if (c.ontology, c.iri) == (ontology, iri)), None)
        return (200, form(found)) if found else (404, {"status": 404, "error": "Not Found"})

    # -------------------------------------------------------------------------------------------------------------- forms

    def doc(self, c: Class, fields: str):
        wanted = split(fields) or [
            "id",
            "iri",
            "ontology_name",
            "label",
            "description",
            "short_form",
            "obo_id",
            "type",
            "ontology_prefix",
        ]
        doc = {
            "id": f"{c.ontology}:class:{c.iri}", "iri": c.iri, "ontology_name": c.ontology, "label": self.said(c.label),
            "description": [], "short_form": c.short, "obo_id": c.curie, "type": "class", "ontology_prefix": c.ontology.upper(),
            "synonym": self.names(c), "is_defining_ontology": c.defining,
        }  # fmt: skip
        left = {name: doc[name] for name in wanted if name in doc}
        return self.spoilt(left)

    def v1(self, c: Class):
        scoped = [
            {"name": name, "scope": f"has{scope.rstrip('*')}Synonym", "xrefs": [{"database": "X", "id": "1"}]}
            for name, scope in c.synonyms.items() if scope.endswith("*")
        ]  # fmt: skip
        return self.spoilt({
            "iri": c.iri, "lang": "en", "label": self.said(c.label), "synonyms": self.names(c), "annotation": {},
            "ontology_name": c.ontology, "is_obsolete": c.obsolete, "is_defining_ontology": c.defining, "obo_id": c.curie,
            "term_replaced_by": c.replaced_by.rpartition("/")[2] or None, "obo_synonym": scoped or None,
        })  # fmt: skip

    def v2(self, c: Class):
        body = {
            "iri": c.iri, "curie": c.curie, "label": [c.label], "ontologyId": c.ontology, "isObsolete": c.obsolete,
            "isDefiningOntology": c.defining, "synonym": list(c.synonyms), "hierarchicalAncestor": list(c.above),
        }  # fmt: skip
        for name, scope in c.synonyms.items():
            body.setdefault(f"{OIO}has{scope.rstrip('*')}Synonym", []).append(
                {"type": ["reification"], "value": name, "axioms": [{OIO + "hasDbXref": "X:1"}]}
                if scope.endswith("*")
                else name
            )
        if c.replaced_by:
            body[OBO + "IAO_0100001"] = c.replaced_by
        return body

    def said(self, text: str):
        if not self.traps.tagged:
            return text
        return [
            {"type": ["literal"], "value": f"{text} auf Deutsch", "lang": "de"},
            {"type": ["literal"], "value": text, "lang": "en"},
        ]

    def names(self, c: Class):
        names = [self.said(name) for name in c.synonyms]
        return (["", "  ", None] if self.traps.blank_synonyms else []) + names

    def spoilt(self, body):
        gone = {"obo_id"} if self.traps.no_curie else set()
        gone |= {"is_defining_ontology"} if self.traps.no_defining else set()
        return {name: said for name, said in body.items() if name not in gone}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go out one by one, and each would wait for the other side

    def log_message(self, *words):
        """Be quiet."""

    def do_GET(self):
        server, traps = self.server, self.server.traps
        server.asked.append(self.path)
        server.times.append(time.monotonic())
        server.sent_headers.append(dict(self.headers))
        if traps.fails:
            traps.fails -= 1
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if traps.hangs:
            time.sleep(traps.hangs)
        parts = urlsplit(self.path)
        if traps.redirect and not parts.path.startswith("/moved"):
            self.send(traps.moved, b"", {"Location": traps.redirect.format(self.path)})
            return
        path = unquote(parts.path.removeprefix("/moved").removeprefix("/ols4"))
        if "://" in path:  # encoded only once: the slashes of the IRI are taken for those of the path
            status, value = 404, {"status": 404, "error": "Not Found"}
        else:
            query = {name: said[0] for name, said in parse_qs(parts.query, keep_blank_values=True).items()}
            status, value = server.answer(path, query)
        body = json.dumps(value).encode() if traps.body is None else traps.body
        self.send(traps.status if traps.status != 200 else status, body, traps.headers)

    def send(self, status, body, headers):
        traps = self.server.traps
        self.send_response(status)
        known = {"Content-Type": "application/json", "Vary": "Origin, Cookie", "Content-Length": str(len(body)), **headers}
        if traps.packed:
            known["Content-Encoding"] = traps.packed
        for name, said in known.items():
            self.send_header(name, said)
        self.end_headers()
        if traps.drips:
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(traps.drips)
        else:
            self.wfile.write(body[: traps.cut])
        if traps.cut is not None:
            self.close_connection = True


def split(said: str | None) -> list[str]:
    """Read a list as Spring does: at its commas."""
    return said.split(",") if said else []


def unescaped(words: str) -> str | None:
    """Return the phrase that Solr reads between quotes; None where it cannot."""
    phrase, rest = "", iter(words)
    for char in rest:
        if char == '"':
            return None
        phrase += next(rest, "") if char == "\\" else char
    return phrase


def twice(iri: str) -> str:
    """Return an IRI as it stands in a path of OLS."""
    return quote(quote(iri, safe=""), safe="")
