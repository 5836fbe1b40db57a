# `just` runs what CI runs; `just --list` names the parts.
python := env_var_or_default("PYTHON", "python")

default: lint types layers test

# style and likely mistakes
lint:
    {{python}} -m ruff check .
    {{python}} -m ruff format --check .

# strict types on the package
types:
    {{python}} -m mypy

# a module imports only from lines below it
layers:
    lint-imports

# all tests but those that need the network, a browser or Virtuoso
test *ARGS:
    {{python}} -m pytest -n 2 --dist loadfile -m "not network" {{ARGS}}

# write again what is generated from the schema and the mapping language
generate:
    {{python}} scripts/generate.py
    {{python}} scripts/make_docs.py
    {{python}} scripts/make_methods.py

# the benchmarks; they read ../shared
bench:
    {{python}} benchmarks/run.py
