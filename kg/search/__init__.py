"""Search over the sidecars of a generation: fields, facets, ranges and text, expanded by the ontologies, with reasons."""
