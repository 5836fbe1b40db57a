"""Suggest: a draft of a mapping for a table that no mapping knows, each column with score and reason."""

from kg.suggest.columns import Suggested, Suggestion
from kg.suggest.draft import mapping_text, named
from kg.suggest.judge import Candidate
from kg.suggest.suggest import Draft, draft_of

__all__ = ["Candidate", "Draft", "Suggested", "Suggestion", "draft_of", "mapping_text", "named"]
