"""Commands that speak to an arbiter over HTTP, here or elsewhere. They know its API and nothing of its inside."""

from dominoci.cli.remote.actions import cancel, redeliver, rerun
from dominoci.cli.remote.combos import combo
from dominoci.cli.remote.deps import deps
from dominoci.cli.remote.graph_file import apply, export
from dominoci.cli.remote.jobs import job
from dominoci.cli.remote.projects import projects
from dominoci.cli.remote.trees import tree, trees
from dominoci.cli.remote.trigger import trigger
from dominoci.cli.remote.why import why

COMMANDS = (projects, job, deps, trees, tree, trigger, rerun, cancel, redeliver, why, combo, apply, export)
