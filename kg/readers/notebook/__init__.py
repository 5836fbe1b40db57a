"""Exports of lab notebooks and of ISA tools that are neither crates nor plain tables."""
