"""Readers of what analyses leave behind: software environments, pipelines, models and records of instruments."""
