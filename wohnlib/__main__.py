"""`python -m wohnlib` is the command line."""

from wohnlib.cli import main

main()
