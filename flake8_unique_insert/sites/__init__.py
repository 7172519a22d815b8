"""Writes → insert sites: which keys a write puts at risk, and what its values are."""
