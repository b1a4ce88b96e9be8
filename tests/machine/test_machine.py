"""The service and its model agree, whatever happens, in whatever order (`guarantees.md`, "Fault matrix")."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import Machine
from tests.world import World

# `make test` has half an hour; MACHINE_EXAMPLES=1000 looks further
EXAMPLES, ON_MARIADB, STEPS = int(os.environ.get("MACHINE_EXAMPLES", "300")), 30, 25
SHARDS = 8  # for as many processes as there are
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk would only make it slower: nothing here pulls a plug
Note = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """A thousand runs log more than anybody reads."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture
def memory_world() -> Iterator[World]:
    """The services on a SQLite database in memory, where there is such a folder."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        made = World(f"sqlite:///{folder}/machine.sqlite", Path(folder))
        yield made
        made.close()


def run(world: World, examples: int, note: Note, number: int) -> None:
    """So many examples; how many came to their end is noted for the end of the report.

    The same code plays the same histories everywhere: `number` begins them. Others are looked for with `MACHINE_SEED=<any>`.
    """

    @seed(f"{os.environ.get('MACHINE_SEED', '')}{number}")
    class Run(Machine):
        pass

    Run.world = world
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Run, settings=chosen)
    note("examples", Run.examples)
    assert Run.examples >= examples


@pytest.mark.timeout(900)  # a failure is made small before it is told
@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_service_does_as_its_model(shard: int, memory_world: World, record_property: Note) -> None:
    run(memory_world, EXAMPLES // SHARDS, record_property, shard)


@pytest.mark.timeout(900)
def test_the_service_does_as_its_model_on_mariadb(mariadb_world: World, record_property: Note) -> None:
    run(mariadb_world, ON_MARIADB, record_property, SHARDS)
