"""The OLS resolver: when it asks, what it accepts, what it puts before a person, and that an outage changes nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from ols_server import BAO, NEURON, OBO, Class, OlsServer

from kg.schema import Branch
from kg.term import Decision, Match, Query, Term
from kg.terms import IndexResolver, TermIndex, add_file, resolve_all
from kg.terms.ols import Manners, OlsClient, OlsResolver, ols_resolver
from kg.terms.resolve.profile import load_profiles

AGENT = "kg 0.1.0"
QUICK = Manners(rate=2000, connect=5, silence=10, whole=20, attempts=1, pause=0.01, failures=3, rest=30)
HEAD = "curie\tlabel\tparents\tsynonyms\tobsolete\treplaced_by\n"
# The local index has EFO and a little of UBERON, and nothing of CL, ZFA, BAO, MONDO and DOID.
TABLES = {
    "EFO": "EFO:0000324\tliver stuff\t\t\t\t\nEFO:0000001\thepatocyte\tEFO:0000324\t\t\t\n",
    "UBERON": "UBERON:0000955\tbrain\t\t\t\t\n",
}
FIELDS = {
    "cell_type": (Branch("CL", ("CL:0000000",)), Branch("EFO", ("EFO:0000324",))),
    "organism_part": (Branch("UBERON", ()), Branch("ZFA", ())),
    "assay": (Branch("BAO", ()),),
    "disease": (Branch("MONDO", ()), Branch("DOID", ())),
    "fish_part": (Branch("ZFA", ()),),
    "annotation_type": (Branch("KGAT", ()),),
    "free": (),
}


@pytest.fixture
def ols(monkeypatch) -> Iterator[OlsServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with OlsServer() as server:
        thread = server.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def terms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terms")
    for name, rows in TABLES.items():
        (folder / f"{name}.tsv").write_text(f"# ontology: {name}\n# version: 1\n{HEAD}{rows}", "utf-8")
        add_file(folder / "index.sqlite", folder / f"{name}.tsv")
    with TermIndex.open(folder / "index.sqlite") as index:
        yield index


@pytest.fixture
def inner(terms) -> IndexResolver:
    return IndexResolver(terms, FIELDS, AGENT)


@pytest.fixture
def resolver(ols, inner, terms, tmp_path):
    client = OlsClient(ols.url, tmp_path / "ols.sqlite", QUICK)
    with OlsResolver(inner, client, FIELDS, AGENT, loaded=terms.prefixes()) as resolver:
        yield resolver


@dataclass
class Fixed:
    """Answers always in the same way, and counts how often."""

    status: str = "none"
    matches: tuple[Match, ...] = ()
    by: str = AGENT
    asked: list[Query] = field(default_factory=list)

    def resolve(self, query: Query) -> Decision:
        self.asked.append(query)
        return Decision(query, self.status, self.matches, "as it is", self.by)


def over(fixed, ols, tmp_path, **settings) -> OlsResolver:
    return OlsResolver(fixed, OlsClient(ols.url, tmp_path / "ols.sqlite", QUICK), FIELDS, AGENT, **settings)


def answer(resolver, field_name, text, **more):
    decision = resolver.resolve(Query(field_name, text, **more))
    return decision.status, [match.term.curie for match in decision.matches], decision.why


# ---------------------------------------------------------------------------------------------------------- what is accepted


def test_a_label_of_the_defining_ontology_is_accepted_with_its_version(resolver):
    decision = resolver.resolve(Query("cell_type", "Pyramidal  Neuron"))
    (match,) = decision.matches
    assert (decision.status, decision.decided_by) == ("accepted", AGENT)
    assert match.term == Term("CL:0000598")
    assert (match.term.label, match.term.iri) == ("pyramidal neuron", OBO + "CL_0000598")
    assert (match.tier, match.scope, match.score, match.matched) == ("ols", "label", 1.0, "pyramidal neuron")
    assert match.ontology == "OLS cl 2026-01-08"
    assert decision.why == "'pyramidal neuron' is the label of CL:0000598 in OLS cl 2026-01-08"


@pytest.mark.parametrize("text", ["nerve cell", "pyramidal cell"])
def test_an_exact_synonym_is_accepted_when_the_term_itself_says_that_it_is_exact(resolver, text):
    status, _, why = answer(resolver, "cell_type", text)
    assert status == "accepted"
    assert f"{text!r} is an exact synonym of CL:" in why


def test_an_iri_with_a_hash_becomes_a_curie(resolver):
    decision = resolver.resolve(Query("assay", "dose-response"))
    assert decision.terms == (Term("BAO:0002003"),)
    assert decision.matches[0].term.iri == BAO + "BAO_0002003"


def test_the_curie_is_read_from_the_iri_where_ols_gives_none_or_another(ols, resolver):
    ols.traps.no_curie = True
    assert answer(resolver, "cell_type", "neuron")[1] == ["CL:0000540"]


def test_language_tags_and_empty_synonyms_do_not_hide_a_name(ols, resolver):
    ols.traps.tagged = ols.traps.blank_synonyms = True
    assert answer(resolver, "cell_type", "nerve cell")[:2] == ("accepted", ["CL:0000540"])
    assert resolver.resolve(Query("cell_type", "nerve cell")).matches[0].term.label == "neuron"


def test_the_first_ontology_of_the_field_counts_and_the_others_are_told(resolver):
    status, curies, why = answer(resolver, "cell_type", "neuron")
    assert (status, curies) == ("accepted", ["CL:0000540"])
    assert why.endswith("; the name is also that of EFO:0009001")


def test_the_root_of_the_branch_itself_is_inside_it(resolver):
    assert answer(resolver, "cell_type", "cell")[:2] == ("accepted", ["CL:0000000"])


# ----------------------------------------------------------------------------------------------------- what a person decides


@pytest.mark.parametrize(("text", "scope"), [("neuronal thing", "a related synonym"), ("brain cell", "a broader synonym")])
def test_a_looser_synonym_is_for_a_person(resolver, text, scope):
    status, curies, why = answer(resolver, "cell_type", text)
    assert (status, curies) == ("review", ["CL:0000540"])
    assert scope in why


def test_a_synonym_of_unknown_scope_is_for_a_person_also_where_narrower_ones_are_accepted(ols, resolver):
    ols.traps.no_v2 = True
    status, curies, why = answer(resolver, "cell_type", "nerve cell")
    assert (status, curies) == ("review", ["CL:0000540"])
    assert "OLS does not say of which scope" in why
    assert answer(resolver, "cell_type", "pyramidal cell")[0] == "accepted", "v1 gives the scope of one with a reference"


def test_two_terms_of_one_name_are_a_tie(resolver):
    status, curies, why = answer(resolver, "cell_type", "twin")
    assert (status, curies) == ("review", ["CL:0009998", "CL:0009999"])
    assert "2 terms of CL have" in why


def test_one_name_in_several_ontologies_is_a_tie_where_the_field_says_so(resolver):
    status, curies, why = answer(resolver, "disease", "lung carcinoma")
    assert (status, curies) == ("review", ["MONDO:0005233", "DOID:3905"])
    assert "policy" in why


def test_a_project_that_has_said_which_ontology_comes_first_gets_no_tie(ols, inner, tmp_path):
    profiles = load_profiles().changed({"disease": (None, "first")})
    with ols_resolver(inner, ols.url, FIELDS, AGENT, tmp_path, profiles=profiles) as resolver:
        status, curies, why = answer(resolver, "disease", "lung carcinoma")
    assert (status, curies) == ("accepted", ["MONDO:0005233"])
    assert why.endswith("the name is also that of DOID:3905")


def test_a_term_that_its_own_ontology_does_not_confirm_is_for_a_person(resolver):
    status, curies, why = answer(resolver, "cell_type", "borrowed cell")
    assert (status, curies) == ("review", ["CL:0007777"])
    assert "in OLS efo; but CL, which defines it, does not confirm it" in why


def test_a_term_that_its_own_ontology_does_not_call_its_own_is_for_a_person(ols, resolver):
    ols.classes.append(Class(OBO + "CL_0006666", "stray cell", "cl", {}, (OBO + "CL_0000000",), defining=False))
    assert answer(resolver, "cell_type", "stray cell")[:2] == ("review", ["CL:0006666"])


def test_an_ontology_about_one_species_is_for_a_person_unless_the_field_has_no_other(resolver):
    assert answer(resolver, "organism_part", "kidney")[:2] == ("accepted", ["UBERON:0002113"])
    status, curies, why = answer(resolver, "organism_part", "swim organ")
    assert (status, curies) == ("review", ["ZFA:0000001"])
    assert "ZFA is about NCBITaxon:7955 only" in why
    assert answer(resolver, "fish_part", "swim organ")[:2] == ("accepted", ["ZFA:0000001"])


def test_what_replaced_an_obsolete_term_is_offered(resolver):
    status, curies, why = answer(resolver, "cell_type", "primary cultured cell")
    assert (status, curies) == ("review", ["CL:0000000"])
    assert "CL:0000001 in OLS cl 2026-01-08, which is obsolete, replaced by CL:0000000" in why


def test_an_obsolete_term_without_replacement_is_said_to_be_one(resolver):
    status, curies, why = answer(resolver, "cell_type", "lost cell")
    assert (status, curies) == ("none", [])
    assert "CL:0000002" in why
    assert "nothing is said to have replaced it" in why


# ---------------------------------------------------------------------------------------------------------- what is not taken


def test_a_term_outside_the_branch_is_not_taken(ols, resolver):
    status, curies, why = answer(resolver, "cell_type", "membrane bit")
    assert (status, curies) == ("none", [])
    assert why.endswith("nor has OLS such a name in CL, EFO")


def test_what_merely_holds_the_words_is_not_taken(ols, inner, tmp_path):
    ols.traps.loose_exact = True
    with over(Fixed(), ols, tmp_path) as resolver:
        assert answer(resolver, "cell_type", "pyramidal")[:2] == ("none", [])


def test_a_term_of_an_ontology_that_the_field_does_not_have_is_not_taken(ols, resolver):
    ols.classes.append(Class("http://purl.obolibrary.org/obo/CHMO_0000001", "guest", "cl"))
    assert answer(resolver, "cell_type", "guest")[:2] == ("none", [])


def test_an_ontology_that_ols_does_not_have_is_named(ols, resolver):
    assert answer(resolver, "annotation_type", "class labels")[2].endswith("OLS has none of KGAT")
    assert ols.searched == []


# --------------------------------------------------------------------------------------------------------------- when it asks


@pytest.mark.parametrize(
    ("field_name", "text"),
    [
        ("cell_type", "N/A"), ("cell_type", "control"), ("cell_type", "B03"), ("cell_type", "23 years"), ("cell_type", "5"), ("cell_type", ""),
        ("cell_type", "https://example.org/"), ("cell_type", "x"), ("cell_type", "a long tale " * 40), ("cell_type", "me@example.org"),
        ("free", "neuron"), ("cell_type", "hepatocyte"), ("organism_part", "brain"),
    ],
)  # fmt: skip
def test_what_names_nothing_or_is_known_is_never_sent(ols, inner, resolver, field_name, text):
    query = Query(field_name, text)
    assert resolver.resolve(query) == inner.resolve(query)
    assert ols.asked == []


def test_nothing_but_the_text_of_the_field_is_sent(ols, resolver):
    context = (("organism", "Danio rerio"), ("person", "Ada Lovelace"))
    resolver.resolve(Query("cell_type", "neuron", ontology="my-ref", context=context))
    sent = " ".join(ols.asked)
    assert "neuron" in sent
    assert not any(word in sent for word in ("Danio", "Ada", "Lovelace", "my-ref"))


def test_each_distinct_text_of_a_field_is_asked_once(ols, resolver):
    texts = ["no such cell", "No such  cell", "no such cell ", "no such other cell"]
    queries = [Query("cell_type", text, context=(("organism", str(n)),)) for n, text in enumerate(texts * 20)]
    assert {decision.status for decision in resolve_all(resolver, queries).values()} == {"none"}
    assert sorted(asked["q"] for asked in ols.searched if asked["obsoletes"] == "false") == [
        "no such cell",
        "no such other cell",
    ]


def test_what_a_person_decided_is_not_asked_about(ols, tmp_path):
    with over(Fixed(by="https://orcid.org/0000-0002-1825-0097"), ols, tmp_path) as resolver:
        assert answer(resolver, "cell_type", "neuron") == ("none", [], "as it is")
    assert ols.asked == []


def test_what_was_found_is_not_asked_about(ols, tmp_path):
    match = Match(Term("EFO:1"), 1.0, "label", "said so")
    for status in ("accepted", "review"):
        with over(Fixed(status, (match,)), ols, tmp_path) as resolver:
            assert answer(resolver, "cell_type", "neuron") == (status, ["EFO:1"], "as it is")
    assert ols.asked == []


def test_a_guess_gives_way_to_a_name_in_an_ontology_that_is_not_loaded(ols, tmp_path):
    guess = Match(Term("EFO:1"), 0.7, "ngram", "looks alike")
    with over(Fixed("review", (guess,)), ols, tmp_path, loaded={"EFO"}) as resolver:
        assert answer(resolver, "cell_type", "neuron")[:2] == ("accepted", ["CL:0000540"])
        assert answer(resolver, "cell_type", "neuronal thing")[:2] == ("review", ["CL:0000540", "EFO:1"])
        assert answer(resolver, "cell_type", "odd cell")[:2] == ("review", ["EFO:1"]), "EFO had its say"
    assert {asked["ontology"] for asked in ols.searched} == {"cl"}


def test_a_name_in_an_ontology_that_is_not_loaded_stands_beside_what_was_found_by_name(ols, tmp_path):
    found = Match(Term("EFO:1"), 0.6, "synonym", "a narrower synonym", scope="narrow")
    with over(Fixed("review", (found,)), ols, tmp_path, loaded={"EFO"}) as resolver:
        status, curies, why = answer(resolver, "cell_type", "neuron")
    assert (status, curies) == ("review", ["EFO:1", "CL:0000540"])
    assert why.startswith("as it is; 'neuron' is the label of CL:0000540")


def test_a_guess_gives_way_wherever_nothing_is_known_of_what_is_loaded(ols, tmp_path):
    guess = Match(Term("EFO:1"), 0.7, "embedding", "means alike")
    with over(Fixed("review", (guess,)), ols, tmp_path) as resolver:
        assert answer(resolver, "cell_type", "odd cell")[:2] == ("accepted", ["EFO:0009002"])


def test_when_all_is_loaded_a_guess_is_left_to_the_person(ols, tmp_path):
    guess = Match(Term("EFO:1"), 0.7, "ngram", "looks alike")
    with over(Fixed("review", (guess,)), ols, tmp_path, loaded={"EFO", "CL"}) as resolver:
        assert answer(resolver, "cell_type", "neuron")[2] == "as it is"
    assert ols.asked == []


# -------------------------------------------------------------------------------------------------------------------- outages


def test_an_outage_leaves_the_decision_as_it_is_and_says_so(ols, inner, resolver):
    ols.traps.status = 503
    query = Query("cell_type", "neuron")
    plain, decision = inner.resolve(query), resolver.resolve(query)
    assert replace(decision, why=plain.why) == plain
    assert decision.why == f"{plain.why}; OLS was not asked with success: it answered 503 (Service Unavailable)"


def test_an_outage_in_the_middle_of_a_run_is_told_and_not_kept(ols, resolver):
    assert answer(resolver, "cell_type", "neuron")[0] == "accepted"
    ols.traps.fails = 1000
    during = [answer(resolver, "cell_type", text) for text in ("nerve cell", "pyramidal neuron", "odd cell", "twin", "neuron")]
    assert [status for status, _, _ in during] == ["none", "none", "none", "none", "accepted"]
    assert all("OLS was not asked" in why for _, _, why in during[:4])
    assert "it is left alone for" in during[3][2]
    ols.traps.fails = 0


def test_after_an_outage_a_later_run_finds_what_the_first_could_not(ols, inner, tmp_path):
    ols.traps.body = b"<html>maintenance</html>"
    with over(inner, ols, tmp_path) as resolver:
        assert answer(resolver, "cell_type", "neuron")[0] == "none"
    ols.traps.body = None
    with over(inner, ols, tmp_path) as resolver:
        assert answer(resolver, "cell_type", "neuron")[0] == "accepted"


def test_a_term_that_left_the_branch_is_not_taken_for_what_was_kept_of_other_texts(ols, inner, tmp_path):
    with over(inner, ols, tmp_path) as resolver:
        assert answer(resolver, "cell_type", "neuron")[0] == "accepted"
    ols.classes = [c for c in ols.classes if c.iri != NEURON or c.ontology != "cl"]
    ols.classes.append(Class(NEURON, "neuron", "cl", {"nerve cell": "Exact"}))  # it is not below cell any more
    with over(inner, ols, tmp_path) as resolver:
        assert answer(resolver, "cell_type", "nerve cell")[0] == "none"


def test_an_outage_after_the_search_accepts_nothing(ols, inner, tmp_path):
    with OlsClient(ols.url, tmp_path / "ols.sqlite", QUICK) as client:
        client.named("nerve cell", [client.ontology("CL"), client.ontology("EFO")])
    ols.traps.status = 503  # the search is kept, and neither branch nor scope can be asked for
    with over(inner, ols, tmp_path) as resolver:
        status, curies, why = answer(resolver, "cell_type", "nerve cell")
    assert (status, curies) == ("none", [])
    assert "OLS was not asked with success: it answered 503" in why


def test_a_run_is_repeated_from_what_is_kept_without_a_server(ols, inner, tmp_path):
    texts = ["neuron", "nerve cell", "twin", "lost cell", "no such cell", "membrane bit"]
    with over(inner, ols, tmp_path) as resolver:
        first = [answer(resolver, "cell_type", text) for text in texts]
    asked = len(ols.asked)
    with over(inner, ols, tmp_path) as resolver:
        assert [answer(resolver, "cell_type", text) for text in texts] == first
    assert len(ols.asked) == asked


def test_a_decision_does_not_hang_on_the_order_of_the_hits(ols, inner, tmp_path):
    texts = ("neuron", "cell", "twin", "kidney", "borrowed cell")
    seen = []
    for number in range(2):
        with over(inner, ols, tmp_path / str(number)) as resolver:
            seen.append([answer(resolver, "cell_type", text) for text in texts])
        ols.classes.reverse()
    assert seen[0] == seen[1]


def test_one_call_makes_the_resolver_and_opens_nothing(ols, inner, tmp_path):
    with ols_resolver(inner, ols.url, FIELDS, AGENT, tmp_path / "cache") as resolver:
        assert not (tmp_path / "cache").exists()
        assert answer(resolver, "organism_part", "renal organ")[:2] == ("accepted", ["UBERON:0002113"])
        assert (tmp_path / "cache" / "ols.sqlite").is_file()


def test_without_a_name_for_the_server_no_decision_is_lost(inner, tmp_path):
    with socket.socket() as closed:  # bound, yet nobody listens
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        client = OlsClient(url, tmp_path / "ols.sqlite", QUICK)
        with OlsResolver(inner, client, FIELDS, AGENT) as resolver:
            status, _, why = answer(resolver, "cell_type", "neuron")
    assert status == "none"
    assert why.endswith("OLS was not asked with success: it cannot be reached")
