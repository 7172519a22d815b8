"""How much the plugin costs beside flake8: `python -m tests.benchmarks --help`. Nothing here runs with the tests.

Words: a *variant* is flake8 with a set of plugins, `bare` one with none but its own. In a *round* the variants run in
turn on the same files; the *ratio* of a round is a variant's CPU time by bare flake8's in the same round.
"""
