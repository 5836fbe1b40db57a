"""Readers of screening microscopes: what a plate is, told by several files."""
