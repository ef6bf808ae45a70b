"""Memory that nobody wrote yet holds NaN, in the engine's workspace: what reads it too early is seen."""

import os

os.environ.setdefault("TIDEGATE_POISON", "1")
