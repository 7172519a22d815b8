"""A flake8 plugin that finds inserts into Django models whose unique keys nothing guards."""

__version__ = "0.1.0"
