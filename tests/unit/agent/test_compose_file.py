"""What a compose file of a repository may ask for, what it may not, and what becomes of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dominoci_agent.config import AgentSettings, SettingsError
from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.pipeline.model import Compose
from dominoci_agent.runtime.compose import ComposeExecutor, down_command, find_compose, up_command
from dominoci_agent.runtime.compose_file import Project, Request, read
from dominoci_agent.runtime.engine import BUILD, STEP, Containers, Engine
from dominoci_agent.runtime.local import Command, Ended
from dominoci_agent.runtime.stop import Stop

MARK = "w.b.1"


def load(
    text: str, folder: Path, environment: Mapping[str, str] | None = None, containers: Containers | None = None, **more: Any
) -> Project:
    """Read a file `job.yml` of the workspace `folder`."""
    (folder / "job.yml").write_text(text)
    compose = Compose(file="job.yml", network=more.pop("network", "default"))
    return read(Request(compose, folder, None, environment or {}, MARK, containers or Containers(), **more))


def loaded(text: str, folder: Path, environment: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """What the compose program is given, as it understands it."""
    found: dict[str, Any] = json.loads(load(text, folder, environment, **more).text.replace("$$", "$"))
    return found


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("privileged: true", "privileged"),
        ('privileged: "${YES}"', "privileged"),
        ("network_mode: host", "network_mode"),
        ("network_mode: 'container:x'", "network_mode"),
        ("pid: host", "pid"),
        ("ipc: host", "ipc"),
        ("uts: host", "uts"),
        ("userns_mode: host", "userns_mode"),
        ("cgroup_parent: /", "cgroup_parent"),
        ("devices: [/dev/kvm]", "devices"),
        ("device_cgroup_rules: ['a *:* rwm']", "device_cgroup_rules"),
        ("cap_add: [SYS_ADMIN]", "cap_add"),
        ("security_opt: ['seccomp:unconfined']", "security_opt"),
        ("sysctls: {net.ipv4.ip_forward: 1}", "sysctls"),
        ("volumes_from: ['container:x']", "volumes_from"),
        ("external_links: [x]", "external_links"),
        ("extends: {file: ../x.yml, service: y}", "extends"),
        ("use_api_socket: true", "use_api_socket"),
        ("provider: {type: awesome}", "provider"),
        ("secrets: [x]", "secrets"),
        ("volumes: ['/var/run/docker.sock:/s']", "volumes: /var/run/docker.sock"),
        ("volumes: ['../:/up']", "volumes: ../"),
        ("volumes: ['./link:/x']", "volumes: ./link"),
        ("volumes: ['${ROOT}:/x']", "volumes: /"),
        ("volumes: [{type: bind, source: /, target: /x}]", "volumes: /"),
        ("volumes: [{type: bind, source: ., target: /x, bind: {propagation: shared}}]", "volumes.bind"),
        ("volumes: [{type: npipe, source: x, target: /x}]", "volumes of type npipe"),
        ("env_file: /etc/passwd", "env_file /etc/passwd"),
        ("env_file: [link/passwd]", "env_file link/passwd"),
        ("build: ../", "build.context ../"),
        ("build: {context: ., network: host}", "build.network"),
        ("build: {context: ., dockerfile: /etc/passwd}", "build.dockerfile /etc/passwd"),
    ],
)
def test_what_would_give_the_machine_away_is_refused_with_file_line_and_key(line: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc")
    with pytest.raises(DefinitionError) as refused:
        load(f"services:\n  a:\n    image: x\n    {line}\n", tmp_path, {"YES": "true", "ROOT": "/"})
    assert str(refused.value).startswith(f"job.yml:4: service a: {named}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("volumes: {v: {driver_opts: {type: none, device: /, o: bind}}}", "job.yml:2: volume v: driver_opts"),
        ("volumes: {v: {external: true}}", "job.yml:2: volume v: external"),
        ("volumes: {v: {name: of_others}}", "job.yml:2: volume v: name"),
        ("networks: {n: {external: true}}", "job.yml:2: network n: external"),
        ("networks: {n: {driver: macvlan}}", "job.yml:2: network n: driver"),
        ("networks: {n: {ipam: {config: [{subnet: 0.0.0.0/1}]}}}", "job.yml:2: network n: ipam"),
        ("include: [/etc/x.yml]", "job.yml:2: the file: include"),
        ("secrets: {s: {file: /etc/shadow}}", "job.yml:2: the file: secrets"),
        ("services: {}", 'job.yml:2: "services" stands twice'),
        ("x: [", "job.yml:3: this is not YAML"),
    ],
)
def test_the_rest_of_the_file_is_looked_at_too(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        load(f"services: {{a: {{image: x}}}}\n{text}\n", tmp_path)
    assert message in str(refused.value)


@pytest.mark.parametrize("name", ["../out.yml", "none.yml", "/etc/passwd", "job"])
def test_a_file_that_is_not_in_the_repository_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "job").symlink_to("/etc/passwd")
    with pytest.raises(DefinitionError, match="there is no such text file in the repository"):
        read(Request(Compose(file=name), tmp_path, None, {}, MARK, Containers()))


def test_a_setting_of_the_agent_allows_keys_by_name(tmp_path: Path) -> None:
    text = "services: {a: {image: x, privileged: true, volumes: ['/srv:/srv']}}"
    allowed = Containers(allow=frozenset({"privileged", "volumes"}))
    service = loaded(text, tmp_path, containers=allowed)["services"]["a"]
    assert service["privileged"] is True
    assert {"type": "bind", "source": "/srv", "target": "/srv"} in service["volumes"]


def test_strangers_mount_folders_only_whole(tmp_path: Path) -> None:
    text = "services: {a: {image: x, volumes: ['./part:/x']}}"
    (tmp_path / "part").mkdir()
    assert loaded(text, tmp_path)
    with pytest.raises(DefinitionError, match=r"volumes: \./part is a part of"):
        load(text, tmp_path, strict=True)
    assert load(text.replace("./part", "."), tmp_path, strict=True)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("$A-${A}", "1-1"),
        ("$$A", "$A"),
        ("${NO}", ""),
        ("${NO:-x y}${NO-z}", "x yz"),
        ("${EMPTY:-x}${EMPTY-x}", "x"),
        ("${A:+set}${NO+set}", "set"),
    ],
)
def test_variables_are_those_of_the_build(written: str, expected: str, tmp_path: Path) -> None:
    found = loaded(f"services: {{a: {{image: x, hostname: '{written}'}}}}", tmp_path, {"A": "1", "EMPTY": ""})
    assert found["services"]["a"]["hostname"] == expected


@pytest.mark.parametrize(("written", "message"), [("${NO:?say it}", "NO is not set: say it"), ("$(id)", "must be written as")])
def test_a_variable_that_cannot_be_filled_in_is_an_error(written: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=message):
        load(f"services: {{a: {{image: x, hostname: '{written}'}}}}", tmp_path)


def test_what_a_service_is_given_and_what_the_agent_says(tmp_path: Path) -> None:
    (tmp_path / "of.env").write_text("# from a file\nFILE='f'\nBOTH=file\n")
    text = """
services:
  a:
    image: x
    restart: always
    mem_limit: 100g
    env_file: of.env
    environment: [OWN=o, BOTH=own, GIVEN]
    x-domino: {main: true}
  b: {build: ., image: debian, privileged: false}
"""
    bounds = Containers(cpus=1.5, memory=1000, pids=10)
    environment = {"GIVEN": "g", "PATH": os.environ["PATH"], "HOME": "/here"}
    project = load(text, tmp_path, environment, bounds)
    services = json.loads(project.text)["services"]
    told = services["a"]["environment"]
    assert (project.main, project.images, project.builds) == ("a", ("x",), True)
    assert (told["FILE"], told["BOTH"], told["OWN"], told["GIVEN"]) == ("f", "own", "o", "g")
    assert told["DOMINO_WORKSPACE"] == "/workspace"
    assert not {"PATH", "HOME"} & set(told)
    assert "image" not in services["b"], "what is built here must not stand in for debian elsewhere"
    for service in services.values():
        assert {"type": "bind", "source": str(tmp_path), "target": "/workspace"} in service["volumes"]
        assert {key: service[key] for key in ("cpus", "mem_limit", "memswap_limit", "pids_limit", "restart")} == {
            "cpus": 1.5,
            "mem_limit": 1000,
            "memswap_limit": 1000,
            "pids_limit": 10,
            "restart": "no",
        }
        assert service["labels"] == {"dominoci.work": "w", "dominoci.build": "w.b", "dominoci.step": MARK}


def test_two_services_cannot_both_be_the_main_one(tmp_path: Path) -> None:
    one = "{image: x, x-domino: {main: true}}"
    with pytest.raises(DefinitionError, match=r"more than one service is x-domino\.main: a, b"):
        load(f"services: {{a: {one}, b: {one}}}", tmp_path)


def test_the_command_lines_of_both_generations(tmp_path: Path) -> None:
    file = tmp_path / "compose.json"
    where = ["--project-name", "p", "--project-directory", str(tmp_path), "--file", str(file)]
    down = ["down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "1"]
    assert up_command(["docker-compose"], "p", file) == ["docker-compose", "--ansi=never", *where, "up", "--no-color"]
    assert up_command(["docker", "compose"], "p", file) == ["docker", "compose", "--ansi=never", *where, "up", "--no-color"]
    assert down_command(["docker-compose"], "p", file) == ["docker-compose", "--ansi=never", *where, *down]
    assert down_command(["docker", "compose"], "p", file) == ["docker", "compose", "--ansi=never", *where, *down]


def test_the_newer_compose_is_taken_where_both_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("docker", "docker-compose"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    plugin = tmp_path / ".docker/cli-plugins/docker-compose"
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    assert find_compose() == ("docker", "compose")
    monkeypatch.setenv("PATH", "/nonexistent")
    assert find_compose() is None


def test_the_settings_for_containers() -> None:
    environ = {
        "DOMINOCI_AGENT_NAME": "a",
        "DOMINOCI_AGENT_EXECUTOR": "docker",
        "DOMINOCI_AGENT_DOCKER_HOST": "unix:///run/d.sock",
        "DOMINOCI_AGENT_IMAGE": "debian:12",
        "DOMINOCI_AGENT_CPUS": "1.5",
        "DOMINOCI_AGENT_MEMORY": "2g",
        "DOMINOCI_AGENT_PIDS": "100",
        "DOMINOCI_AGENT_PULL": "never",
        "DOMINOCI_AGENT_COMPOSE_ALLOW": "cap_add, devices",
    }
    expected = Containers(
        "unix:///run/d.sock", "debian:12", 1.5, 2 * 1024**3, 100, False, True, frozenset({"cap_add", "devices"})
    )
    assert AgentSettings.read(environ).containers == expected
    assert AgentSettings.read({"DOCKER_HOST": "tcp://elsewhere:2375"}).containers == Containers()


@pytest.mark.parametrize(
    ("name", "value"),
    [("DOCKER_HOST", "tcp://h:1"), ("MEMORY", "much"), ("CPUS", "-1"), ("PIDS", "x"), ("EXECUTOR", "vm"), ("PULL", "yes")],
)
def test_settings_that_cannot_be_used_are_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"DOMINOCI_AGENT_{name}"):
        AgentSettings.read({f"DOMINOCI_AGENT_{name}": value})


def test_a_file_that_is_too_large_or_no_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "big.yml").write_text("#" * 100_001)
    os.mkfifo(tmp_path / "pipe.yml")
    os.mkfifo(tmp_path / "pipe.env")
    for name, words in (("big.yml", "big.yml:1: the file is larger than 100000 bytes"), ("pipe.yml", "pipe.yml:1: there is no")):
        with pytest.raises(DefinitionError, match=re.escape(words)):
            read(Request(Compose(file=name), tmp_path, None, {}, MARK, Containers()))
    with pytest.raises(DefinitionError, match=r"job\.yml:1: service a: env_file pipe\.env cannot be read"):
        load("services: {a: {image: x, env_file: pipe.env}}", tmp_path)


def test_services_are_bounded_in_number_and_in_what_the_engine_keeps_of_them(tmp_path: Path) -> None:
    services = "".join(f"  s{number}: {{image: x, logging: {{driver: syslog}}}}\n" for number in range(50))
    found = loaded(f"services:\n{services}", tmp_path)
    logging = {"driver": "json-file", "options": {"max-size": "16m", "max-file": "2"}}
    assert [service["logging"] for service in found["services"].values()] == [logging] * 50
    with pytest.raises(DefinitionError, match=r"job\.yml:52: there are 51 services; at most 50 are run"):
        load(f"services:\n{services}  more: {{image: x}}\n", tmp_path)


def test_a_build_that_ran_compose_is_cleaned_up_once_more_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[tuple[str, str]] = []
    monkeypatch.setattr(Engine, "remove", lambda _self, *what: removed.append(what))
    engine = Engine(Containers())
    ComposeExecutor(engine, _NoProgram(), ("compose",)).run(  # type: ignore[arg-type]
        Command([], {}, Path("/nowhere"), MARK, compose=Compose(content="services: {a: {build: .}}")), _Deaf(), Stop()
    )
    engine.forget("w.b")
    engine.forget("w.b")
    assert removed == [(STEP, MARK), (BUILD, "w.b")]


class _NoProgram:
    """A compose that is killed before it has made anything."""

    def run(self, *_: object) -> Ended:
        return Ended(stopped=True)


class _Deaf:
    """A sink."""

    def write(self, _data: bytes) -> None:
        return

    def room(self) -> bool:
        return True
