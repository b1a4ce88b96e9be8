"""The lines that the README shows, as constants: a test runs them as they stand, and another looks for them in the README."""

from typing import Final

# from the folder in which `make run` was called; may be repeated
CHANGE: Final = (
    "cd data/demo/core",
    'echo "- $(date +%T) pushed from the README" >> CHANGES.md && git commit -am "Push the first domino"',
    "git push",
)
# from then on; core's own tests and net's do not mind, ui's do
BREAK: Final = "sed -i 's/Hello/Howdy/' core/greeting.py && git commit -am \"Greet like a cowboy\" && git push"
MEND: Final = "git revert --no-edit HEAD && git push"
