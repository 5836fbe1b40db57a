"""Linked data: what a store says about one thing, in every form, with links that machines follow; knows nothing of HTTP."""
