"""TIFF files of all kinds, and the texts and binary blocks that microscope makers leave in their tags."""
