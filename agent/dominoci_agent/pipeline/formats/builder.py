"""The builder: a JSON payload about a node project becomes dependencies, build, archive (design: formats.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import Problem, Problems, Where
from dominoci_agent.pipeline.formats.fields import Fields
from dominoci_agent.pipeline.formats.json_nodes import read_json
from dominoci_agent.pipeline.model import Archive, Cache, Filter, Pipeline, Stage, Step

NAME = "builder"
MANAGERS = ("npm", "yarn", "pnpm")
EXECUTORS = ("docker", "local")
DEFAULT_IMAGE = "node:22"
ARTIFACT = "dist.tar.gz"

LOCK_FILES = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
# downloads are kept in the workspace, because only folders of the workspace can be cached
DOWNLOADS = ".domino-cache"
DEPENDENCIES = ("node_modules", DOWNLOADS)
# where the usual build tools keep what makes their next run incremental
BUILD_CACHES = (
    "node_modules/.cache", "node_modules/.vite", ".next/cache", ".nuxt", ".parcel-cache", ".turbo", ".angular/cache",
    ".svelte-kit", ".astro", ".docusaurus", ".cache",
)  # fmt: skip

_KEYS = (
    "project_id", "deployment_id", "project_branch", "project_repo_url", "project_build_command", "project_package_manager",
    "project_dist_directory", "image", "executor", "timeout", "environment", "secrets",
)  # fmt: skip

_BY_LOCK_FILE = "if [ -f pnpm-lock.yaml ]; then manager=pnpm; elif [ -f yarn.lock ]; then manager=yarn; else manager=npm; fi"

# What is in node_modules is used as it is when it was installed by the same programs from the same files, which is what makes the
# second build fast. Not in a monorepo: its packages have folders of their own, which no cache holds.
_INSTALL = f"""\
downloads="$PWD/{DOWNLOADS}"
export npm_config_cache="$downloads/npm" YARN_CACHE_FOLDER="$downloads/yarn"
if [ "$manager" = pnpm ]; then export npm_config_store_dir="$downloads/pnpm"; fi
locks=$(ls {" ".join(LOCK_FILES)} 2>/dev/null || true)
version=$("$manager" --version)
mark="$manager $version, node $(node --version), $(cat package.json $locks | cksum)"
echo "$mark"
if [ -n "$locks" ] && [ ! -f pnpm-workspace.yaml ] && ! grep -q '"workspaces"' package.json &&
  [ "$mark" = "$(cat node_modules/.domino-installed 2>/dev/null || true)" ]; then
  echo "node_modules is what the lock file asks for: nothing to install."
  exit 0
fi
case "$manager $version $locks" in
  npm*.json*) npm ci --prefer-offline --no-audit --no-fund ;;
  npm*) npm install --prefer-offline --no-audit --no-fund ;;
  yarn\\ 1.*yarn.lock*) yarn install --frozen-lockfile --prefer-offline --non-interactive ;;
  yarn\\ 1.*) yarn install --prefer-offline --non-interactive ;;
  yarn*yarn.lock*) yarn install --immutable ;;
  yarn*) yarn install ;;
  pnpm*pnpm-lock.yaml*) pnpm install --frozen-lockfile --prefer-offline ;;
  *) pnpm install --prefer-offline ;;
esac
mkdir -p node_modules
printf '%s' "$mark" > node_modules/.domino-installed
"""


@dataclass(frozen=True)
class Definition:
    """One payload, checked; it is a pipeline of three stages."""

    build: Pipeline
    where: Where
    warnings: tuple[Problem, ...] = ()

    @property
    def filters(self) -> dict[str, Filter]:
        """A payload has no filter: it was sent to be built."""
        return {self.build.name: Filter()}

    @property
    def places(self) -> dict[str, Where]:
        """Where the payload begins."""
        return {self.build.name: self.where}

    def pipelines(
        self, names: Sequence[str], domino: Mapping[str, str], overrides: Mapping[str, str] | None = None
    ) -> list[Pipeline]:
        """The one pipeline; nothing in it is to be filled in."""
        return [self.build for name in names if name == self.build.name]


def load(text: str, file: str) -> Definition:
    """Read a payload (JSON). DefinitionError with every problem found.

    Beside the keys of koalaCI the arbiter may write `executor` (docker, which is the default, or local), `image`, `timeout`,
    `environment` and `secrets` into it.
    """
    problems = Problems()
    node = read_json(text, file)
    payload = Fields.of(node, "a payload", _KEYS, problems)
    build = _pipeline(payload)
    problems.raise_any()
    return Definition(build, node.where)


def _pipeline(payload: Fields) -> Pipeline:
    for key in ("deployment_id", "project_branch", "project_repo_url"):
        payload.text(key)  # of the arbiter's concern: only that they are texts is checked
    command = _needed(payload, "project_build_command")
    folder = _needed(payload, "project_dist_directory").removeprefix("./").rstrip("/") or "."
    wrong = values.path(folder)
    if wrong:
        payload.problems.add(payload.place("project_dist_directory"), wrong)
    choose = _choice(payload)
    dependencies, incremental = _caches(payload.text("project_id") or "", choose)
    common = Step("", image=_image(payload), environment=payload.environment(), secrets=payload.secrets())
    limit = payload.timeout()
    installing = (
        replace(common, name="restore caches", restore=(dependencies,)),
        replace(common, name="install", command=f"{choose}\n{_INSTALL}"),
        # after the installation, which empties node_modules where it has to install anew
        replace(common, name="restore build cache", restore=(incremental,)),
    )
    building = (
        replace(common, name="build", command=_unquoted(command), timeout_s=limit),
        replace(common, name="save caches", save=(dependencies, incremental)),
    )
    archiving = (replace(common, name="archive", archive=Archive(folder, ARTIFACT)),)
    stages = (
        Stage("dependencies", installing, timeout_s=limit),
        Stage("build", building, ("dependencies",)),
        Stage("archive", archiving, ("build",)),
    )
    return Pipeline(NAME, stages)


def _needed(payload: Fields, key: str) -> str:
    found = payload.text(key)
    if not found and not payload.problems.found:
        payload.problems.add(payload.place(key), f'expected "{key}" with a text')
    return found or ""


def _unquoted(command: str) -> str:
    """koalaCI's clients send the command in single quotes of its own (its document has "'String'"); to a shell that would be one
    word."""
    inner = command[1:-1]
    return inner if command[:1] == command[-1:] == "'" and inner and "'" not in inner else command


def _choice(payload: Fields) -> str:
    """The shell text that sets `manager`; by the lock file where the payload does not say."""
    manager = (payload.text("project_package_manager") or "").strip().lower()
    if manager in MANAGERS:
        return f"manager={manager}"
    if manager:
        message = f'expected "project_package_manager" as one of {", ".join(MANAGERS)}, or empty to go by the lock file'
        payload.problems.add(payload.place("project_package_manager"), message)
    return _BY_LOCK_FILE


def _image(payload: Fields) -> str | None:
    """None is the local executor."""
    executor, image = payload.text("executor"), payload.text("image", values.image)
    if executor not in (None, *EXECUTORS):
        payload.problems.add(payload.place("executor"), f'expected "executor" as one of {", ".join(EXECUTORS)}')
    return None if executor == "local" else image or DEFAULT_IMAGE


def _caches(project: str, choose: str) -> tuple[Cache, Cache]:
    """The cache of the dependencies, and that of the build, which each build replaces."""
    digest = sha256(project.encode()).hexdigest()[:12]
    manager, runtime = f'{choose}; echo "$manager"; "$manager" --version', "node --version"
    dependencies = Cache(f"dependencies-{digest}", DEPENDENCIES, LOCK_FILES, (manager, runtime))
    return dependencies, Cache(f"build-{digest}", BUILD_CACHES, LOCK_FILES, (runtime,))
