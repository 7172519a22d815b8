"""The real flake8 and the real command line, run as processes."""
