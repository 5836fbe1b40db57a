"""Readers of carriers of annotations: what is annotated, how often, on which image; never the geometry of single objects."""
