"""`relais origin`: the links and QR codes of an origin, to hand to a school or a partner."""

import json
from pathlib import Path

import click

from gateway.entrances import is_code, links_of, qr_code
from gateway.settings import load_settings


@click.command("origin")
@click.argument("code")
@click.option("--out", type=click.Path(path_type=Path), help="Write QR codes (SVG) to this folder.")
def command(code: str, out: Path | None) -> None:
    """Print the link of each channel for the origin CODE, one JSON line each."""
    if not is_code(code):
        raise click.BadParameter("1 to 40 letters, digits, - and _", param_hint="CODE")
    settings = load_settings()
    found = dict(links_of(settings, code))
    if settings.public_url:
        found["page"] = f"{settings.public_url}/venir/{code}"
    if not found:
        raise click.UsageError("RELAIS_PUBLIC_URL is not set, nor any channel's public name")
    for channel, link in found.items():
        line = {"origin": code, "channel": channel, "link": link}
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            picture = out / f"{code}-{channel}.svg"
            picture.write_bytes(qr_code(link))
            line["qr"] = str(picture)
        print(json.dumps(line, ensure_ascii=False))
