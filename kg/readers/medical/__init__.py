"""Readers of medical imaging formats."""
