"""Electron microscopy, and HDF5 of any kind: MRC, TIA (SER, EMI), Gatan DM3 and DM4, EMD, Bruker, generic HDF5."""
