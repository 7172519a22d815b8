"""Tests: the states in which an expression is true and false."""
