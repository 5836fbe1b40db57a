"""Tokens: made, kept as hashes, counted until their day, and given up at once."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from circles import kg

from kg.errors import StoreError, UsageError
from kg.store import Store
from kg.store.tokens import TOKENS, Tokens


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", create=True):
        return tmp_path / "store"


def test_a_token_is_printed_once_and_never_kept(store):
    made = kg(
        "token", "add", "Anna's notebook", "--role", "reader", "--group", "lab-b", "--group", "lab-a", KG_STORE=str(store)
    )
    secret = made.out.strip()
    assert made.code == 0
    assert len(secret) > 40
    assert all(secret.encode() not in file.read_bytes() for file in store.rglob("*") if file.is_file())
    listed = json.loads(kg("token", "list", "--store", store, "--json").out)
    today = datetime.now(UTC).date().isoformat()
    assert listed == [
        {
            "name": "Anna's notebook",
            "role": "reader",
            "groups": ["lab-a", "lab-b"],
            "created": today,
            "expires": None,
            "valid": True,
        }
    ]
    known = Tokens(store).known(secret)
    assert known.groups == ("lab-a", "lab-b")
    assert Tokens(store).known(secret + "x") is None
    assert Tokens(store).known("") is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_nobody_else_may_read_the_hashes_even_under_a_generous_mask(store):
    before = os.umask(0)
    try:
        Tokens(store).add("a", "reader")
        Tokens(store).add("b", "reader")
    finally:
        os.umask(before)
    assert (store / TOKENS).stat().st_mode & 0o777 == 0o600


def test_a_token_counts_until_the_end_of_its_day(store):
    tokens, today = Tokens(store), datetime.now(UTC).date()
    last = tokens.add("last", "reader", expires=today.isoformat())
    over = tokens.add("over", "reader", expires="2999-01-01")
    (store / TOKENS).write_text((store / TOKENS).read_text("utf-8").replace("2999-01-01", (today - timedelta(1)).isoformat()))
    assert tokens.known(last).name == "last"
    assert tokens.known(over) is None
    assert tokens.all()[0].valid(today)
    assert not tokens.all()[0].valid(date(2999, 1, 1))


def test_a_removed_token_is_unknown_to_who_has_read_the_file_before(store):
    reader = Tokens(store)
    secret = Tokens(store).add("a", "admin")
    assert reader.known(secret)
    assert kg("token", "remove", "a", "--store", store).code == 0
    assert reader.known(secret) is None
    assert "no token 'a'" in kg("token", "remove", "a", "--store", store).err


def test_tokens_made_at_the_same_time_are_all_there(store):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: Tokens(store).add(f"t{n}", "reader"), range(16)))
    assert all(Tokens(store).known(secret).name == f"t{n}" for n, secret in enumerate(made))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "a", "--group", "public"], "have meanings"),
        (["add", "a", "--group", "../x"], "expected letters, digits"),
        (["add", "a", "--group", "a+b"], "expected letters, digits"),
        (["add", "a", "--group", "Public"], "did you mean 'public'"),
        (["add", "a", "--expires", "2020-01-01"], "is over"),
        (["add", "a", "--expires", "tomorrow"], "expected a day such as"),
        (["add", " "], "characters that can be read"),
        (["add", "a\nb"], "characters that can be read"),
        (["add", "a", "--role", "owner"], "invalid choice"),
    ],
)
def test_what_is_no_token_is_refused_with_a_sentence(store, words, said):
    ran = kg("token", *words, "--store", store)
    assert ran.code == 2
    assert said in ran.err
    assert Tokens(store).all() == ()


def test_a_name_is_given_once(store):
    Tokens(store).add("a", "reader")
    with pytest.raises(UsageError, match="there is a token 'a' already"):
        Tokens(store).add("a", "writer")


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"tokens": 5}', '{"tokens": [{"name": "a"}]}', "\xff"]
    + [
        json.dumps({"tokens": [{"name": "a", "role": role, "groups": groups, "digest": digest, "created": ""}]})
        for role, groups, digest in (("owner", [], "0" * 64), ("reader", ["*"], "0" * 64), ("reader", [], "é"))
    ],
)
def test_a_damaged_file_lets_nobody_in(store, text):
    (store / TOKENS).write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError, match="no token is known"):
        Tokens(store).known("kg_anything")


def test_a_group_named_before_its_spelling_was_refused_still_counts(store):
    secret = Tokens(store).add("a", "reader", ["publicx"])
    (store / TOKENS).write_text((store / TOKENS).read_text("utf-8").replace("publicx", "Public"))
    assert Tokens(store).known(secret).groups == ("Public",)


def test_a_folder_that_is_no_store_gets_no_tokens(tmp_path):
    ran = kg("token", "add", "a", "--store", tmp_path / "none")
    assert ran.code == 1
    assert "no store here" in ran.err
