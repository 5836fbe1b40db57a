"""Submissions and records of image repositories, in the formats of their own."""
