"""The Pipeline: the only part that knows all steps, from a file on disk to a published generation."""

from kg.pipeline.pipeline import Pipeline
from kg.pipeline.results import Harmonized, Inspected, Progress, Settings, SourceOutcome

__all__ = ["Harmonized", "Inspected", "Pipeline", "Progress", "Settings", "SourceOutcome"]
