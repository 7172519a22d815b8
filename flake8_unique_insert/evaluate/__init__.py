"""Expressions and statements → abstract values and states."""
