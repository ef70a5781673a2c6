"""Decide: the ranking with its judgements, and the decision log."""
