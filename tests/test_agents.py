"""The tools for language models, over the protocol itself: a real client starts ``kg mcp`` and talks to it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys

import pytest
from mcp import Client, StdioServerParameters
from serving import Serving

from kg.agents import Tools
from kg.cli.main import main
from kg.client import connect
from kg.errors import QueryError

CONFOCAL = "http://purl.obolibrary.org/obo/FBbi_00000251"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    store = tmp_path_factory.mktemp("agents") / "store"
    assert main(["demo", "--store", str(store)]) == 0
    with Serving(store) as serving:
        serving.searchable()
        yield serving


@pytest.fixture(scope="module")
def tools(demo):
    with connect(demo.url) as client:
        yield Tools(client)


def rests_on_something(answer):
    return {"answer", "iris", "query", "generation"} == set(answer) and re.match(r"\d{8}-", answer["generation"])


def test_a_client_lists_the_five_tools_and_asks_each_over_standard_input_and_output(demo):
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "kg.cli.main", "mcp", "--url", demo.url],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )

    async def talk():
        async with Client(parameters) as client:
            listed = (await client.list_tools()).tools
            names = {tool.name for tool in listed}
            assert all(tool.annotations.read_only_hint for tool in listed)
            assert all(one["description"] for tool in listed for one in tool.input_schema["properties"].values())
            calls = {
                "resolve": {"text": "CLSM", "field": "imaging_method"},
                "search": {"where": ["method=confocal"], "level": "image"},
                "describe": {"thing": "FBbi:00000251"},
                "query": {"sparql": "SELECT ?s { ?s a <http://schema.org/Dataset> }"},
                "explain": {"record": "urn:nowhere"},
            }
            return names, {name: await client.call_tool(name, asked) for name, asked in calls.items()}

    names, answers = asyncio.run(asyncio.wait_for(talk(), 60))
    assert names == {"resolve", "search", "describe", "query", "explain"} == set(answers)
    for name, answer in answers.items():
        assert answer.is_error == (name == "explain"), (name, answer)
        if name != "explain":
            assert rests_on_something(json.loads(answer.content[0].text)), name


def test_resolve_gives_the_term_and_its_iri(tools):
    answer = tools.resolve("CLSM", "imaging_method")
    assert CONFOCAL in answer["iris"]
    assert "CLSM" in answer["query"]


def test_search_says_why_each_hit_was_found(tools):
    answer = tools.search(where=["method=confocal"], level="image")
    assert rests_on_something(answer)
    assert answer["answer"]["hits"]
    assert all(hit["why"] for hit in answer["answer"]["hits"])


def test_query_gives_rows_and_says_when_there_are_more(tools):
    few = tools.query("SELECT ?s { ?s a <http://schema.org/Dataset> }")
    many = tools.query("SELECT * { ?s ?p ?o }")
    assert few["answer"]["rows"]
    assert not few["answer"]["truncated"]
    assert len(many["answer"]["rows"]) == 200
    assert many["answer"]["truncated"]
    assert tools.query("ASK {}")["answer"] == {"boolean": True}


def test_explain_names_the_words_the_decision_and_the_hierarchy(tools):
    image = next(
        hit["iri"]
        for hit in tools.search(where=["method=confocal"], level="image")["answer"]["hits"]
        if tools.explain(hit["iri"])["answer"]["reasons"]
    )
    answer = tools.explain(image, "FBbi:00000251")
    (reason, *_) = answer["answer"]["reasons"]
    assert reason["words"]
    assert reason["decision"] in answer["iris"]
    assert "FBbi:00000251" in reason["sentence"] or reason["chosen"]["iri"] == CONFOCAL
    assert tools.explain(image, "CL:0000540")["answer"]["why_not"]


def test_a_construct_is_told_to_be_none(tools):
    with pytest.raises(QueryError, match="is a CONSTRUCT"):
        tools.query("CONSTRUCT WHERE { ?s ?p ?o }")


def test_a_store_that_is_not_there_is_told_and_not_made(tmp_path, capsys):
    assert main(["mcp", "--store", str(tmp_path / "typo")]) == 1
    assert "there is no store here" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()
    assert main(["mcp", "--url", "http://127.0.0.1:9"]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_a_store_without_a_service_is_served_for_as_long_as_it_is_asked(demo):
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "kg.cli.main", "mcp", "--store", str(demo.store)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HOME": os.environ["HOME"],
        },
    )

    async def talk():
        async with Client(parameters) as client:
            return await client.call_tool("query", {"sparql": "ASK {}"})

    answer = asyncio.run(asyncio.wait_for(talk(), 60))
    assert json.loads(answer.content[0].text)["answer"] == {"boolean": True}
