"""docker-compose.yml keeps its promises without an engine: images replaceable, secrets in files, the agent kept apart."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_all_processes_are_there_and_there_is_no_version() -> None:
    assert set(SERVICES) == {"db", "redis", "migrate", "web", "worker", "scheduler", "agent"}
    assert "version" not in COMPOSE


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_can_be_replaced(name: str) -> None:
    assert re.fullmatch(r"\$\{[A-Z]+_IMAGE:-[^}]+\}", SERVICES[name]["image"])


@pytest.mark.parametrize("name", ["db", "redis", "web"])
def test_what_others_wait_for_says_when_it_is_healthy(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "scheduler"])
def test_nothing_starts_before_the_migration_is_done(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_no_secret_stands_in_an_environment() -> None:
    secret = re.compile(r"PASSWORD|SECRET|TOKEN|DATABASE_URL")
    named = [name for service in SERVICES.values() for name in service.get("environment", {}) if secret.search(name)]
    assert named
    assert [name for name in named if not name.endswith("_FILE")] == ["MYSQL_RANDOM_ROOT_PASSWORD"]


def test_the_agent_reaches_web_and_nothing_else() -> None:
    agent = SERVICES["agent"]
    assert agent["networks"] == ["agents"]
    assert [name for name, service in SERVICES.items() if "agents" in service["networks"]] == ["web", "agent"]
    assert "secrets" not in agent
    assert {volume.partition(":")[0] for volume in agent["volumes"]} == {"work", "enrolment"}


def test_the_image_runs_as_an_ordinary_user() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text().splitlines()
    last = max(place for place, line in enumerate(lines) if line.startswith("FROM "))
    assert "USER dominoci" in lines[last:]


def test_secrets_are_made_once_and_agree(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_text((REPOSITORY / "deploy" / "secrets.sh").read_text())
    made = []
    for _ in range(2):
        subprocess.run(["/bin/sh", script], check=True)
        made.append({file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) == {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert len(made[0]["database_password"]) == 40
    assert f":{made[0]['database_password']}@db:" in made[0]["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
