"""What is wrong with a parameter or a body, in sentences of ours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_NUMBER, _WHOLE, _TRUTH = "expected a number", "expected a whole number", "expected true or false"
_OBJECT, _LIST, _TEXT = "expected a JSON object", "expected a list", "expected a text"
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "is not known here",
        **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "int_parsing_size"), _WHOLE),
        **dict.fromkeys(("float_parsing", "float_type", "finite_number", "decimal_parsing", "decimal_type"), _NUMBER),
        **dict.fromkeys(("bool_parsing", "bool_type"), _TRUTH),
        **dict.fromkeys(("model_attributes_type", "model_type", "dict_type", "dataclass_type", "mapping_type"), _OBJECT),
        **dict.fromkeys(("list_type", "tuple_type", "set_type", "iterable_type"), _LIST),
        **dict.fromkeys(("string_type", "string_sub_type", "string_unicode"), _TEXT),
        "none_required": "expected nothing",
        "json_invalid": "is no JSON: {error}",
        "string_too_long": "is longer than {max_length} characters",
        "string_too_short": "is shorter than {min_length} characters",
        "too_long": "has more than {max_length} entries",
        "too_short": "has fewer than {min_length} entries",
        "greater_than_equal": "expected {ge} or more",
        "greater_than": "expected more than {gt}",
        "less_than_equal": "expected {le} or less",
        "less_than": "expected less than {lt}",
        "literal_error": "expected {expected}",
        "enum": "expected {expected}",
        "string_pattern_mismatch": "does not have the form that is expected",
        "value_error": "{error}",
    }
)


def sentence(fault: Mapping[str, Any]) -> str:
    """Return what is wrong, told from one error as pydantic lists it.

    >>> sentence({"type": "less_than_equal", "msg": "Input should be ...", "ctx": {"le": 100}})
    'expected 100 or less'
    >>> sentence({"type": "of another release", "msg": "Input should be a valid date"})
    'expected a valid date'
    """
    known = _SENTENCES.get(str(fault["type"]))
    if known is None:
        said = str(fault.get("msg", "is not what is expected here"))
        return "expected" + said.removeprefix("Input should be") if said.startswith("Input should be") else said
    try:
        return known.format_map(fault.get("ctx") or {})
    except KeyError:  # another release says less of it
        return "is not what is expected here"
