"""`python -m dominoci.cli`."""

from dominoci.cli import main

main()
