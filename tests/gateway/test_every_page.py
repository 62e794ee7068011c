"""Every page of a gateway carries the strict policy, and no answer says what it runs on."""

from pathlib import Path

from tests.gateway.gateways import PASSWORD, running

POLICY = (
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)


async def test_every_page_has_the_strict_policy_and_no_answer_names_a_version(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as gateway:
        await gateway.add_listener("anne")
        body = {"login": "anne", "password": PASSWORD}
        assert (await gateway.client.post("/console/api/login", json=body)).status == 200
        paths = {
            one.resource.canonical.replace("{code}", "lycee")
            for one in gateway.gateway.app.router.routes()
            if one.resource and one.method == "GET"
        }
        pages = set()
        for path in paths:
            if "{" in path or path.endswith("/socket"):
                continue
            answer = await gateway.client.get(path, allow_redirects=False)
            assert answer.headers["Server"] == "relais", path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            if answer.content_type == "text/html":
                policy = answer.headers["Content-Security-Policy"]
                assert all(part in policy for part in POLICY), path
                assert "unsafe" not in policy
                pages.add(path)
        assert {"/", "/console/", "/console/reference", "/venir/lycee"} <= pages
