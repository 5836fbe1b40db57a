"""Jobs: one batch run with its measures, and the report on it."""

from kg.jobs.job import Job
from kg.jobs.report import summary_of, write_report

__all__ = ["Job", "summary_of", "write_report"]
