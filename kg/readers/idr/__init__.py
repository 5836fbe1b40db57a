"""Files of the Image Data Resource that are no tables with a header."""
