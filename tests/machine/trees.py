"""What becomes of trees, said once more: small, slow, over plain facts. Nothing here is taken from the service.

Where the service counts edges, compares and sets, and settles rank by rank, this looks at all events again each time. What
answers somebody returns the status of the answer.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from tests.machine.facts import FINAL, OPEN, WORST_FIRST, Build, Dependency, Errand, Event, Project, Told, Tree, frozen, outcome

START, FINISH = 600, 1800  # deadlines, in seconds
DEPTH = 2  # of a chain of trees


class Trees:
    """All facts, and the rules by which trees change."""

    def __init__(self) -> None:
        self.now = 0
        self.trees: list[Tree] = []
        self.graph: list[Dependency] = []
        self.projects: list[Project] = []
        self.errands: list[Errand] = []

    @property
    def events(self) -> Iterator[Event]:
        """Of all trees, but the roots."""
        return (event for tree in self.trees for event in tree.events[1:])

    def tree_of(self, event: Event) -> Tree:
        """Where an event stands."""
        return next(tree for tree in self.trees if event in tree.events)

    # ---- opening and settling

    def report(self, root: Project, told: Told, depth: int = 1) -> Tree | None:
        """A success opens a tree, unless its project is switched off. What follows too many others ends at its root."""
        if told.status != "SUCCESS" or not root.enabled:
            return None
        cut = depth > DEPTH
        tree = Tree(root, told, frozen(root, [] if cut else self.graph), depth, cut)
        first = tree.events[0]
        first.state, first.attempt, first.told = "success", 1, {1: told}
        if len(tree.events) > 1:
            self._enter(tree)
        self.trees.append(tree)
        return tree

    def settle(self) -> None:
        """Whatever waits and has only settled parents is decided; a tree that has ended makes way."""
        for tree in self.trees:
            for event in tree.events[1:]:
                if event.state == "waiting" and all(tree.settled(parent) for parent, _ in event.parents):
                    self._decide(event)
        for tree in self.trees:
            was_open, tree.open = tree.open, tree.state == "running"
            if was_open and not tree.open:
                tree.held = False
                held = [other for other in self._lane(tree) if other.held]
                if held and len(tree.events) > 1:
                    self.errands.append(Errand("release", held[0].events[0], 1, self.now, held[0]))

    def _decide(self, event: Event) -> None:
        outcomes = [outcome(parent, edge) for parent, edge in event.parents]
        event.nothing = False
        if "blocked" in outcomes:
            event.state = "skipped"
        elif "passed" in outcomes:
            passed = sorted((pair for pair in event.parents if outcome(*pair) == "passed"), key=lambda pair: pair[0].place)
            self._start(event, [(parent.sub_id, parent.told[parent.attempt].commit) for parent, _ in passed], passed[0][1].ref)
        else:
            event.state, event.nothing = "skipped", True

    def _start(self, event: Event, given: list[tuple[str, str]], ref: str) -> None:
        event.attempt += 1
        event.state, event.ran, event.deadline, event.ref = "queued", True, self.now + START, ref
        event.given[event.attempt] = given
        if event.kind == "agent":
            event.builds[event.attempt] = Build(event, event.attempt)
        else:
            self.errands.append(Errand("trigger", event, event.attempt, self.now))

    def _end(self, event: Event, state: str) -> None:
        event.state, event.deadline = state, None
        self.settle()

    def _wait_again(self, event: Event, anew: Collection[Event] = ()) -> None:
        """What stands behind `event` and was skipped without having run waits again, and so does all that is in `anew`."""
        for child in self.tree_of(event).children(event):
            if child in anew and child.state in OPEN:
                self._stop(child)
                child.state, child.deadline = "cancelled", None
            if child.state in FINAL and (child in anew or (child.state == "skipped" and not child.ran)):
                child.state, child.ran = "waiting", False
                self._wait_again(child, anew)

    # ---- results

    def result(self, event: Event, attempt: int, told: Told) -> int:
        """The first result of the present attempt counts; the same one again is no news, and any other is refused."""
        if attempt != event.attempt:
            return 409
        if attempt in event.told:
            return 200 if event.told[attempt] == told else 409
        if event.state in ("waiting", "skipped"):
            return 409
        self.accept(event, told)
        return 201

    def accept(self, event: Event, told: Told) -> None:
        """A new result of the present attempt: late ones count, those of cancelled events are only kept."""
        event.told[event.attempt] = told
        self._close(event)
        state = told.status.lower()
        if event.state in ("cancelled", state):
            return
        if event.state in ("timed_out", "undeliverable"):
            self._wait_again(event)
        event.nothing = state == "skipped"
        self._end(event, state)

    def started(self, event: Event, attempt: int) -> int:
        """A sign of life of the present attempt."""
        if attempt != event.attempt:
            return 409
        if event.state in OPEN:
            event.state, event.deadline = "running", self.now + FINISH
        return 200

    # ---- cancelling

    def cancel(self, events: Iterable[Event]) -> int:
        """What is unfinished of these events is cancelled, and what runs is stopped."""
        unfinished = [event for event in events if event.state not in FINAL]
        for event in unfinished:
            if event.state in OPEN:
                self._stop(event)
            event.state, event.deadline = "cancelled", None
        self.settle()
        return 200 if unfinished else 409

    def _stop(self, event: Event) -> None:
        """Whatever runs for an event is to stop; its CI system is told if it may have got the trigger."""
        for build in event.builds.values():
            withdraw(build)
        perhaps = any(e.ambiguous or e.state == "leased" for e in self.triggers(event) if e.state in ("pending", "leased"))
        self._close(event)
        if event.kind != "agent" and (perhaps or event.state in ("triggered", "running")):
            self.errands.append(Errand("cancel", event, event.attempt, self.now))

    def triggers(self, event: Event) -> list[Errand]:
        """Of all attempts."""
        return [errand for errand in self.errands if errand.kind == "trigger" and errand.event is event]

    def _close(self, event: Event) -> None:
        """Nothing more is to be sent for an event."""
        for errand in self.triggers(event):
            errand.state = "done" if errand.state in ("pending", "leased") else errand.state

    # ---- running again

    def rerun(self, event: Event, downstream: bool) -> int:
        """A new attempt of an event on the same inputs, with all that is behind it or only what was skipped there."""
        never_ran = event.state == "skipped" and not event.ran
        if event.project.deleted or not event.parents or event.state not in FINAL or never_ran:
            return 409
        return self._rerun([event], self.tree_of(event).behind(event) if downstream else ())

    def rerun_failed(self, tree: Tree) -> int:
        """All that is bad; what never ran waits for what is bad before it."""
        bad = [e for e in tree.events if e.state in WORST_FIRST and not e.project.deleted]
        behind = {later for event in bad for later in tree.behind(event)}
        starts = [event for event in bad if event.ran or event not in behind]
        return self._rerun(starts, {*bad} - {*starts}) if starts else 409

    def rerun_all(self, tree: Tree) -> int:
        """All that is behind the root, once the tree has ended. What no rerun comes before starts on its same inputs; what a
        filter kept out, or is deleted, stays."""
        stays, starts = {tree.events[0]}, []
        for event in tree.events[1:]:
            is_first = all(parent in stays for parent, _ in event.parents)
            if event.project.deleted or (is_first and event.state == "skipped" and not event.ran):
                stays.add(event)
            elif is_first:
                starts.append(event)
        anew = {*tree.events} - stays - {*starts}
        return self._rerun(starts, anew) if starts and tree.state != "running" else 409

    def _rerun(self, starts: Sequence[Event], anew: Collection[Event]) -> int:
        for event in starts:
            self._wait_again(event, anew)
        for event in starts:
            if event.ran:
                self._start(event, event.given[event.attempt], event.ref)
            else:
                event.state = "waiting"
        self.settle()
        return 200

    def redeliver(self, event: Event) -> int:
        """The same attempt once more, with all its tries."""
        if event.state != "undeliverable" or event.project.deleted:
            return 409
        self._wait_again(event)
        event.state, event.deadline = "queued", self.now + START
        for errand in self.triggers(event):
            if errand.attempt == event.attempt:
                errand.state, errand.tries, errand.at = "pending", 0, self.now
        if build := event.builds.get(event.attempt):
            build.state, build.stop = "queued", False
        self.settle()
        return 200

    # ---- lanes

    def _lane(self, tree: Tree) -> list[Tree]:
        """The trees under way of the same project and branch, the oldest first."""
        mates = (other for other in self.trees if other.root is tree.root and other.told.branch == tree.told.branch)
        return [other for other in mates if other.state == "running"]

    def _enter(self, tree: Tree) -> None:
        older, rule = self._lane(tree), tree.root.rule
        gone = {"supersede": older, "coalesce": [other for other in older if other.held]}.get(rule, [])
        self.errands += [Errand("supersede", other.events[0], 1, self.now, other) for other in gone]
        tree.held = bool(older) and rule in ("queue", "coalesce")

    def release(self, tree: Tree) -> None:
        """Whoever's turn it is in this lane goes: nobody while one of it runs."""
        lane = self._lane(tree)
        if lane and all(other.held for other in lane):
            lane[-1 if tree.root.rule == "coalesce" else 0].held = False
            self.settle()


def withdraw(build: Build) -> None:
    """Nobody waits for a build any more."""
    if build.state in ("queued", "running"):
        build.stop, build.state = True, "cancelled" if build.state == "queued" else "running"
