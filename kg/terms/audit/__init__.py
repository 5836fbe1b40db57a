"""Audits: accessions that a source gives are looked over before they are trusted, and what is wrong comes with a proposal."""

from kg.terms.audit.audit import audit
from kg.terms.audit.finding import KINDS, Audited, Finding, Kind
from kg.terms.audit.repair import REPAIRABLE, Repaired, repaired

__all__ = ["KINDS", "REPAIRABLE", "Audited", "Finding", "Kind", "Repaired", "audit", "repaired"]
