"""Quality: how far records follow the guidelines of the field."""
