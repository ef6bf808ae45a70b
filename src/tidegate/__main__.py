"""`python -m tidegate`: the command line, where its own name is not on the path."""

import sys

from tidegate.cli import main

if __name__ == "__main__":
    sys.exit(main())
