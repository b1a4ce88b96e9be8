"""Whether strangers' code may be built: the code of a fork waits until a maintainer has looked at its commit."""

from typing import Final

NEEDED: Final = "needed"
GIVEN: Final = "given"
