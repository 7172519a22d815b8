"""`python -m flake8_unique_insert` is the command `flake8-unique-insert`."""

from flake8_unique_insert.cli.main import main

raise SystemExit(main())
