"""The images and compose files, checked without an engine: whatever can be known from the files."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from bot.reading_model.files import SOURCES, model_path
from gateway.settings import PREFIX, ROOT, Settings

DOCKER = ROOT / "docker"
DOCKERFILES = sorted(DOCKER.glob("*.Dockerfile"))
COMPOSE = {path.name: yaml.safe_load(path.read_text()) for path in DOCKER.glob("compose*.yml")}
SERVICES = [
    pytest.param(file, name, service, id=f"{file}-{name}")
    for file, document in sorted(COMPOSE.items())
    for name, service in document["services"].items()
]
VARIABLES = {PREFIX + name.upper() for name in Settings.model_fields}
# A version down to the patch; `latest` and `3` move.
PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")
Instruction = tuple[str, str]
Service = dict[str, Any]


def instructions(path: Path) -> Iterator[Instruction]:
    """A Dockerfile's instructions, lines that go on joined, comments left out."""
    lines = (x for x in path.read_text().splitlines() if not x.lstrip().startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def final_stage(path: Path) -> list[Instruction]:
    found = list(instructions(path))
    last = max(i for i, (word, _) in enumerate(found) if word == "FROM")
    return found[last:]


def dockerfile_of(document: dict[str, Any], service: Service) -> Path | None:
    """The Dockerfile that makes a service's image, wherever in the file it is built."""
    for each in document["services"].values():
        if each.get("image") == service["image"] and "build" in each:
            return ROOT / each["build"]["dockerfile"]
    return None


def environment(service: Service) -> dict[str, str]:
    given = service.get("environment", {})
    assert isinstance(given, dict)
    return given


def test_there_is_something_to_check() -> None:
    assert {path.name for path in DOCKERFILES} >= {"gateway.Dockerfile", "rasa.Dockerfile"}
    assert set(COMPOSE) == {"compose.yml", "compose.mongo.yml"}
    assert len(SERVICES) >= 15


# --- Images -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_base_images_are_pinned(path: Path) -> None:
    defaults = dict(rest.split("=", 1) for word, rest in instructions(path) if word == "ARG")
    stages = set()
    for word, rest in instructions(path):
        if word == "FROM":
            image, _, stage = rest.partition(" AS ")
            base = re.sub(r"\$\{(\w+)\}", lambda found: defaults[found[1]], image)
            assert base in stages or PINNED.fullmatch(base), base
            stages.add(stage)


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_what_is_copied_exists_and_is_not_ignored(path: Path) -> None:
    kept = {x[1:] for x in (ROOT / ".dockerignore").read_text().splitlines() if x.startswith("!")}
    sources = [
        source
        for word, rest in instructions(path)
        if word == "COPY" and not rest.startswith("--from=")
        for source in rest.split()[:-1]
    ]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert kept & {source, source.split("/")[0]}, f"{source} is ignored"


def test_no_secret_environment_or_model_of_a_checkout_reaches_an_image() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert {"bot/rasa/.venv", "bot/rasa/models", "**/.env"} <= set(lines)
    assert not {"!data", "!.env", "!.git", "!docker", "!tests"} & set(lines)


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_runs_without_root_and_can_say_that_it_is_well(path: Path) -> None:
    words = dict(final_stage(path))
    uid, _, gid = words["USER"].partition(":")
    assert int(uid) >= 1000
    assert int(gid) >= 1000
    assert "HEALTHCHECK" in words
    assert final_stage(path)[-1][0] == "CMD"


@pytest.mark.parametrize("name", ["gateway", "rasa"])
def test_packages_are_installed_by_hash_and_none_for_developers(name: str) -> None:
    text = (DOCKER / f"{name}.Dockerfile").read_text()
    installs = re.findall(r"pip (?:sync|install)\b(?:.|\\\n)*?\.txt", text)
    assert len(installs) == 2
    assert all("--require-hashes" in install for install in installs)
    assert "dev.txt" not in text
    # Compilers and uv stay in the stage that builds.
    assert "apt-get" not in "".join(rest for _, rest in final_stage(DOCKER / f"{name}.Dockerfile"))


@pytest.mark.parametrize("name", ["gateway", "rasa"])
def test_an_image_has_every_file_that_names_its_model(name: str) -> None:
    copied = {
        source
        for word, rest in final_stage(DOCKER / f"{name}.Dockerfile")
        if word == "COPY" and not rest.startswith("--from=")
        for source in rest.split()[:-1]
    }
    for source in SOURCES:
        parents = {str(parent) for parent in Path(source).parents} | {source}
        assert copied & parents, source


def assembled(path: Path, folder: Path) -> Path:
    """The files that an image takes from the checkout, laid out as in the image."""
    not_in_context = shutil.ignore_patterns(".venv", "models", ".rasa", "__pycache__")
    for word, rest in final_stage(path):
        if word == "COPY" and not rest.startswith("--from="):
            source, target = rest.split()
            place = folder / target
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=not_in_context)
            else:
                shutil.copy2(ROOT / source, place)
    return folder


def test_the_gateways_image_has_all_that_it_needs_and_nothing_of_tests(tmp_path: Path) -> None:
    app = assembled(DOCKER / "gateway.Dockerfile", tmp_path / "app")
    look = """
import pkgutil, sys
sys.path.insert(0, sys.argv[1])
import bot.screen, gateway.app, gateway.commands, gateway.service
from bot.reading_model.files import model_path
from bot.sentences import Catalogue
from gateway.settings import ROOT
for module in pkgutil.iter_modules(gateway.commands.__path__, "gateway.commands."):
    __import__(module.name)
assert gateway.app.__file__.startswith(sys.argv[1])
assert (gateway.service.WIDGET / "index.html").exists()
assert (gateway.service.CONSOLE / "index.html").exists()
Catalogue.load()
print(model_path(ROOT).name)
"""
    answer = subprocess.run(
        [sys.executable, "-P", "-c", look, str(app)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert answer.returncode == 0, answer.stderr
    # Both images and the checkout agree on which model is theirs.
    assert answer.stdout.strip() == model_path(ROOT).name
    rasa = assembled(DOCKER / "rasa.Dockerfile", tmp_path / "rasa")
    assert model_path(rasa).name == model_path(ROOT).name
    assert not (app / "tests").exists()


# --- Compose ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_a_service_has_few_rights(file: str, name: str, service: Service) -> None:
    uid, _, gid = service["user"].partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", [])) <= {"NET_BIND_SERVICE"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["ulimits"] == {"core": 0}
    forbidden = {"privileged", "network_mode", "pid", "ipc", "devices", "userns_mode"}
    assert not forbidden & set(service)
    assert not any("docker.sock" in str(volume) for volume in service.get("volumes", []))


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_a_service_comes_back_and_is_watched(file: str, name: str, service: Service) -> None:
    once = name == "mongo-init"
    assert service["restart"] == ("on-failure" if once else "unless-stopped")
    if once:
        return
    recipe = dockerfile_of(COMPOSE[file], service)
    in_image = recipe is not None and "HEALTHCHECK" in dict(final_stage(recipe))
    assert in_image or service["healthcheck"]["test"]


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_images_are_ours_or_pinned(file: str, name: str, service: Service) -> None:
    if dockerfile_of(COMPOSE[file], service) is None:
        assert PINNED.fullmatch(service["image"])
    else:
        # Nobody's image of the same name is ever fetched.
        assert service["pull_policy"] == "never"


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_only_the_proxy_is_reached_from_outside(file: str, name: str, service: Service) -> None:
    ports = service.get("ports", [])
    if name != "caddy":
        assert all(port.startswith("127.0.0.1:") for port in ports)
    if name.startswith(("mongo", "rasa", "actions")):
        assert not ports
        networks = COMPOSE[file]["networks"]
        assert all(networks[network]["internal"] is True for network in service["networks"])


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_names_in_a_service_mean_something(file: str, name: str, service: Service) -> None:
    document = COMPOSE[file]
    assert set(service["networks"]) <= set(document["networks"])
    assert set(service.get("secrets", [])) <= set(document.get("secrets", {}))
    assert set(service.get("depends_on", [])) <= set(document["services"])
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert source in document["volumes"] or (DOCKER / source).exists(), source
    contexts = service.get("build", {}).get("additional_contexts", {})
    for context in contexts.values():
        assert "build" in document["services"][context.removeprefix("service:")]


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_a_service_speaks_to_services_it_can_reach(file: str, name: str, service: Service) -> None:
    services = COMPOSE[file]["services"]
    command = [str(word) for word in service.get("command", [])]
    told = " ".join([*map(str, environment(service).values()), *command])
    hosts = set(re.findall(r"(?<![\w.-])([a-z][\w-]*):\d{2,5}\b", told))
    hosts |= set(re.findall(r"--(?:actions-)?host ([a-z][\w-]*)", told))
    for host in hosts:
        assert set(service["networks"]) & set(services[host]["networks"]), f"{name} -> {host}"


def test_everybody_is_told_where_the_others_are() -> None:
    told = {
        (file, name): str(environment(service)) + str(service.get("command", ""))
        for file, document in COMPOSE.items()
        for name, service in document["services"].items()
    }
    assert "http://rasa:5005" in told["compose.yml", "gateway"]
    assert "'actions'" in told["compose.yml", "rasa"].partition("--actions-host")[2]
    for number in (1, 2):
        assert "http://rasa:8080" in told["compose.mongo.yml", f"gateway-{number}"]
        pair = told["compose.mongo.yml", f"rasa-{number}"].partition("--actions-host")[2]
        assert f"'actions-{number}'" in pair
        assert f"rasa-{number}:5005" in told["compose.mongo.yml", "rasa"]
        assert f"gateway-{number}:8080" in told["compose.mongo.yml", "caddy"]


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_settings_exist_and_no_secret_is_written_down(
    file: str, name: str, service: Service
) -> None:
    for variable, value in environment(service).items():
        if variable.startswith(PREFIX):
            assert variable in VARIABLES
        if re.search("TOKEN|KEY|SECRET|PASSWORD|DATABASE_URL", variable):
            assert re.match(r"\$\{\w+:\?|/run/secrets/", value), variable


def test_the_example_of_settings_names_settings_and_holds_no_secret() -> None:
    text = (DOCKER / ".env.example").read_text()
    given = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert set(given) - {"DOMAIN"} <= VARIABLES
    assert {"RELAIS_MASTER_KEY", "RELAIS_RASA_TOKEN", "RELAIS_ORIGINS"} <= set(given)
    assert not any(v for k, v in given.items() if re.search("TOKEN|KEY|SECRET", k))
    needed = set(re.findall(r"\$\{(\w+):\?", "".join(p.read_text() for p in DOCKER.glob("*.yml"))))
    assert needed <= set(given)


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_a_command_starts_what_exists(file: str, name: str, service: Service) -> None:
    recipe = dockerfile_of(COMPOSE[file], service)
    command = service.get("command")
    if command is None:
        assert recipe is not None
        command = json.loads(dict(final_stage(recipe))["CMD"])
    match command[0]:
        case "python" if command[1] == "-m":
            # Installed in Rasa's environment, by its lock.
            assert command[2] == "rasa_sdk"
            assert "\nrasa-sdk==" in (ROOT / "bot/rasa/requirements.txt").read_text()
            assert (ROOT / command[command.index("--actions") + 1] / "__init__.py").exists()
        case "python":
            options = {word for word in command[2:] if word.startswith("--")}
            text = (ROOT / command[1]).read_text()
            assert all(f'"{option}"' in text for option in options)
        case "caddy":
            assert (DOCKER / Path(command[-1]).name).exists()
        case "serve":
            assert importlib.util.find_spec("gateway.commands.serve")
        case other:
            assert other in ("mongod", "mongosh")


def test_files_that_caddy_reads_get_the_variables_they_ask_for() -> None:
    for path in DOCKER.glob("*Caddyfile"):
        text = path.read_text()
        assert text.count("{") == text.count("}")
        asked = set(re.findall(r"\{\$(\w+)\}", text))
        readers = [
            service
            for document in COMPOSE.values()
            for service in document["services"].values()
            if service["image"].startswith("relais-caddy")
            and (path.name in str(service.get("command", "/Caddyfile")))
            and (path.name != "Caddyfile" or "command" not in service)
        ]
        assert readers
        assert all(asked <= set(environment(service)) for service in readers)


# --- The health check ---------------------------------------------------------------------------


class _Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == "Bearer the-word"
        self.send_response(200 if known and self.path == "/well" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.mark.parametrize(
    ("path", "token", "code"),
    [("/well", "the-word", 0), ("/well", "no", 1), ("/ill", "the-word", 1)],
)
def test_the_health_check_tells_well_from_ill(path: str, token: str, code: int) -> None:
    with HTTPServer(("127.0.0.1", 0), _Door) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}{path}"
        check = [sys.executable, "-I", str(DOCKER / "healthy.py"), url]
        assert subprocess.run(check, env={"RELAIS_RASA_TOKEN": token}).returncode == code
        server.shutdown()


def test_the_health_check_fails_where_nobody_listens() -> None:
    check = [sys.executable, "-I", str(DOCKER / "healthy.py"), "http://127.0.0.1:1/"]
    assert subprocess.run(check, env={}).returncode == 1
