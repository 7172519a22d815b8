"""Calls: what is called, what is known of it without its source, and what stands around it."""
