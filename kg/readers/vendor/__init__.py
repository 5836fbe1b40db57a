"""Files that the software of microscope makers writes."""
