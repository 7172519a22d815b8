"""flake8 under a start method of multiprocessing: `python under_start_method.py spawn ARGUMENTS...`."""

import multiprocessing
import sys

from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    raise SystemExit(main(sys.argv[2:]))
