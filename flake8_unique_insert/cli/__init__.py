"""The command line: the engine without flake8."""
