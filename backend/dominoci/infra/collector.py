"""The garbage collector of a process that serves requests."""

import gc

YOUNG = 20_000


def spare_the_collector() -> None:
    """To be called when all that stays is loaded: none of it is looked through again (it was 40 % of a large answer), and new
    objects only by the twenty thousand. An answer makes hundreds of thousands that end with it; at Python's 700 they were looked
    through so often that it was another tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
