"""The Kubernetes manifests and the systemd unit, checked without a cluster."""

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import PREFIX, ROOT, Settings
from tests.test_docker import final_stage

FOLDER = ROOT / "docker" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS: list[dict[str, Any]] = [
    document
    for name in KUSTOMIZATION["resources"]
    for document in yaml.safe_load_all((FOLDER / name).read_text())
]
DEPLOYMENTS = [one for one in OBJECTS if one["kind"] == "Deployment"]
CONTAINERS = [
    pytest.param(one, container, id=f"{one['metadata']['name']}-{container['name']}")
    for one in DEPLOYMENTS
    for container in one["spec"]["template"]["spec"]["containers"]
]
VARIABLES = {PREFIX + name.upper() for name in Settings.model_fields}
COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.mongo.yml").read_text())["services"]


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [x for x in OBJECTS if x["kind"] == kind and x["metadata"]["name"] == name]
    return found


def labels(deployment: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = deployment["spec"]["template"]["metadata"]["labels"]
    return found


def test_every_manifest_is_used_and_names_no_other_namespace() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == set(KUSTOMIZATION["resources"])
    assert all("namespace" not in one["metadata"] for one in OBJECTS)
    identities = [(one["kind"], one["metadata"]["name"]) for one in OBJECTS]
    assert len(identities) == len(set(identities))


def test_every_selector_finds_its_pods() -> None:
    all_labels = [labels(one) for one in DEPLOYMENTS]
    selectors = [one["spec"]["selector"]["matchLabels"] for one in DEPLOYMENTS]
    selectors += [one["spec"]["selector"] for one in OBJECTS if one["kind"] == "Service"]
    for one in OBJECTS:
        if one["kind"] == "PodDisruptionBudget":
            selectors.append(one["spec"]["selector"]["matchLabels"])
        if one["kind"] == "NetworkPolicy" and one["spec"]["podSelector"]:
            selectors.append(one["spec"]["podSelector"]["matchLabels"])
    assert len(selectors) >= 8
    assert all(selector in all_labels for selector in selectors)


@pytest.mark.parametrize("name", ["gateway", "rasa"])
def test_a_service_leads_to_a_port_that_is_listened_on(name: str) -> None:
    (port,) = named("Service", name)["spec"]["ports"]
    containers = named("Deployment", name)["spec"]["template"]["spec"]["containers"]
    ports = {p["name"]: p["containerPort"] for c in containers for p in c.get("ports", [])}
    assert ports[port["targetPort"]] == port["port"]
    (rule,) = named("NetworkPolicy", name)["spec"]["ingress"]
    assert rule["ports"] == [{"port": port["port"]}]


@pytest.mark.parametrize(("deployment", "container"), CONTAINERS)
def test_a_container_has_few_rights(deployment: dict[str, Any], container: dict[str, Any]) -> None:
    pod = deployment["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    image = ROOT / "docker" / f"{container['image'].removeprefix('relais-')}.Dockerfile"
    uid, gid = dict(final_stage(image))["USER"].split(":")
    assert pod["securityContext"]["runAsUser"] == int(uid)
    assert pod["securityContext"]["runAsGroup"] == int(gid)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    rights = container["securityContext"]
    assert rights["allowPrivilegeEscalation"] is False
    assert rights["readOnlyRootFilesystem"] is True
    assert rights["capabilities"] == {"drop": ["ALL"]}
    assert container["livenessProbe"]
    assert container["resources"]["limits"]["memory"]
    assert container["image"] in {image["name"] for image in KUSTOMIZATION["images"]}
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    assert mounts <= {volume["name"] for volume in pod["volumes"]}
    forbidden = {"hostNetwork", "hostPID", "hostIPC"}
    assert not forbidden & set(pod)


@pytest.mark.parametrize(("deployment", "container"), CONTAINERS)
def test_settings_are_those_of_compose(
    deployment: dict[str, Any], container: dict[str, Any]
) -> None:
    compose = COMPOSE[f"{container['name']}-1"]
    told = {one["name"]: one.get("value") for one in container["env"]}
    ours = {name for name in told if name.startswith(PREFIX)}
    assert ours <= VARIABLES
    assert not any("SECRET" in name or "KEY" in name for name in told)
    # From the secret where compose reads .env.
    assert set(told) == set(compose["environment"]) - {"RELAIS_DATABASE_URL"}
    if "command" in container and container["name"] == "actions":
        assert container["command"] == compose["command"]
    if container["name"] == "rasa":
        # The pod has its own actions; compose names another container.
        wanted = compose["command"][: compose["command"].index("--actions-host")]
        assert container["command"] == wanted


def test_rasa_sees_one_secret_and_reaches_nobody() -> None:
    (rasa, actions) = named("Deployment", "rasa")["spec"]["template"]["spec"]["containers"]
    assert "envFrom" not in rasa
    assert "envFrom" not in actions
    (word,) = rasa["env"]
    assert word["valueFrom"]["secretKeyRef"]["key"] == word["name"] == "RELAIS_RASA_TOKEN"
    policy = named("NetworkPolicy", "rasa")["spec"]
    assert policy["egress"] == []
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    # Everybody who is not named is shut out.
    assert named("NetworkPolicy", "nobody")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
    }


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["metadata"]["name"])
def test_an_upgrade_takes_nobody_away_before_another_is_there(deployment: dict[str, Any]) -> None:
    assert deployment["spec"]["replicas"] >= 2
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert named("PodDisruptionBudget", deployment["metadata"]["name"])


def test_the_example_of_secrets_has_what_production_refuses_to_start_without() -> None:
    given = dict(
        re.findall(r"^([A-Z_]+)=(.*)$", (FOLDER / "relais.env.example").read_text(), re.MULTILINE)
    )
    assert set(given) <= VARIABLES
    assert {"RELAIS_MASTER_KEY", "RELAIS_RASA_TOKEN", "RELAIS_ORIGINS"} <= set(given)
    assert not any(given.values())
    assert "docker/kubernetes/relais.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_unit_starts_what_exists_without_rights() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "docker" / "relais.service")
    service = unit["Service"]
    program, command = service["ExecStart"].split()
    home = Path(service["WorkingDirectory"])
    assert (ROOT / Path(program).relative_to(home)).stat().st_mode & 0o111
    assert command == "run"
    assert service["User"] == "relais"
    assert service["NoNewPrivileges"] == service["ProtectHome"] == "true"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["LimitCORE"] == "0"
    name, _, _ = service["Environment"].partition("=")
    assert name in VARIABLES
    # The gateway takes eight seconds at most.
    assert int(service["TimeoutStopSec"]) > 10
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_the_page_on_one_server_names_settings_that_exist() -> None:
    text = (ROOT / "docs" / "one-server.md").read_text()
    assert set(re.findall(r"\bRELAIS_[A-Z_]+\b", text)) <= VARIABLES
