"""Jobs: one run of the pipeline over named sources or over a folder that is watched, and the report on it."""

from kg.jobs.job import Job
from kg.jobs.report import summary_of, write_report
from kg.jobs.watch import Arrival, Watch

__all__ = ["Arrival", "Job", "Watch", "summary_of", "write_report"]
