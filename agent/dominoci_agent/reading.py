"""Definitions from files of this machine, for `exec` and `validate`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dominoci_agent.imports import Importer
from dominoci_agent.pipeline.definition import Definition, choose, guess, load_files, load_text, nothing
from dominoci_agent.pipeline.errors import Problems, decode
from dominoci_agent.pipeline.formats import factory, job
from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.stop import Stop


def read_definition(path: Path, form: str | None = None) -> Definition:
    """The definition of a repository, of a folder of `.hcl` files, or of one file (a `.hcl` file with those beside it). `form`:
    its format, where neither the name nor the content should decide. DefinitionError with every problem."""
    if path.is_dir():
        return _read_folder(path)
    if path.suffix == ".hcl" and form in (None, "factory"):
        return _read_hcl(path.parent)
    text = _text(path)
    return load_text(form or guess(path.name, text), text, str(path))


def _read_folder(folder: Path) -> Definition:
    names = [f"{inner}/{path.name}" for inner in (factory.FOLDER, job.FOLDER) for path in (folder / inner).glob("*")]
    found = choose([*names, *(path.name for path in folder.glob(".*") if path.is_file())])
    if found:
        return load_files({name: _text(folder / name) for name in found}, lambda name: str(folder / name))
    return _read_hcl(folder)


def _read_hcl(folder: Path) -> Definition:
    files = sorted(folder.glob("*.hcl"))
    if not files:
        raise nothing(str(folder))
    return factory.load({str(file): _text(file) for file in files})


def _text(path: Path) -> str:
    return decode(str(path), path.read_bytes())


@contextmanager
def importing(definition: Definition, stop: Stop) -> Iterator[Definition]:
    """The definition, able to fetch what it imports while the block runs; without any credentials."""
    if not isinstance(definition, factory.Definition) or not definition.imports:
        yield definition
        return
    with TemporaryDirectory(prefix="dominoci-imports-") as folder:
        mirrors: dict[str, Mirror] = {}

        def mirror(_name: str, address: str, _shown: Credentials) -> Mirror:
            if address not in mirrors:
                mirrors[address] = Mirror(Path(folder) / str(len(mirrors)))
            return mirrors[address]

        yield replace(definition, fetch=Importer(mirror, stop))


def check_imports(definition: Definition) -> None:
    """Fetch every imported pipeline and compile it. DefinitionError with every problem; GitError when one cannot be reached."""
    problems = Problems()
    with closing(Stop()) as stop, importing(definition, stop) as able:
        for name in able.places:
            with problems.taking():
                able.pipelines([name], {})
    problems.raise_any()
