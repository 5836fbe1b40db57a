"""Resolution: from a text in a field to a Decision, tier by tier, each with its reason."""
