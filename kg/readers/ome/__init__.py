"""Readers of the OME family beyond OME-XML itself: OME-Zarr, OMERO archives, companions, stores on the web."""
