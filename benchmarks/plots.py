"""Plots of the kept figures: who answers how soon, what is kept a second, a turn, what grows.

    .venv/bin/python -m benchmarks.plots [--into docs/images]

Draws each measurement that `figures.py` holds, on white, so that it reads on a dark page too. What
was not measured is left out.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import figures

_OURS, _OTHERS, _PALE, _WARN = "#1f4e79", "#7a8691", "#b8c4d0", "#b3261e"
_ANSWER_WITHIN_MS = 200
_OF_A_BARE_INSERT = 0.5
_OF_A_REST_TURN = 2


def webhooks(axes: Axes, found: Mapping[str, Any]) -> None:
    """From the usual answer to the slowest in a hundred, for each who answers."""
    names, cuts = list(found["ms"]), list(found["ms"].values())
    for place, (name, cut) in enumerate(zip(names, cuts, strict=True)):
        colour = _colour(name)
        axes.plot((cut["p50"], cut["p99"]), (place, place), color=colour, linewidth=2)
        axes.plot(cut["p50"], place, "o", color=colour)
        axes.plot(cut["p99"], place, "|", color=colour, markersize=16, markeredgewidth=3)
        axes.annotate(f"{cut['p50']:g} … {cut['p99']:g}", (cut["p50"], place), xytext=(-8, -3),
                      textcoords="offset points", ha="right", fontsize=8)  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.margins(x=0.25, y=0.12)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    _limit(axes, _ANSWER_WITHIN_MS, "p99 promised: 200 ms")
    axes.set_xlabel("milliseconds: a dot is p50, the end p99")
    axes.set_title(
        f"A webhook is answered, {found['per_s']} events a second", fontsize=11, loc="left"
    )


def ingestion(axes: Axes, found: Mapping[str, Any]) -> None:
    """Messages a second, beside the least that checks, and the least that keeps."""
    rates = found["per_s"]
    _bars(axes, rates)
    _limit(axes, _OF_A_BARE_INSERT * rates["bare insert"], "wanted: half of a bare insert")
    axes.set_xlabel(f"a second, {found['callers']} callers at once")
    axes.set_title("A message is checked and kept", fontsize=11, loc="left")


def turns(axes: Axes, found: Mapping[str, Any]) -> None:
    """A whole turn of the bot, beside Rasa's own."""
    rest = found["rasa_rest_ms"]
    cuts = {"Relais": found["relais_ms"], "Rasa's REST channel": rest}
    _bars(axes, {f"{name}, {at}": cut[at] for name, cut in cuts.items() for at in ("p50", "p95")})
    _limit(axes, _OF_A_REST_TURN * rest["p50"], "promised: twice Rasa's p50")
    axes.set_xlabel("milliseconds")
    axes.set_title("A turn of the bot, same model", fontsize=11, loc="left")


def growth(axes: Axes, found: Mapping[str, Any]) -> None:
    """What a step costs on each store, beside the smallest one."""
    sizes = sorted(found, key=int)
    for step, at_first in found[sizes[0]].items():
        relative = [found[size][step] / at_first for size in sizes]
        axes.plot([int(size) for size in sizes], relative, marker="o", label=step)
    axes.axhline(1.2, color=_WARN, linestyle="--", linewidth=1)
    axes.set_xscale("log")
    axes.set_ylim(0, None)
    axes.set(xlabel="messages stored", ylabel="cost, to that of the smallest store")
    axes.set_title(
        "What a step costs as it grows (promised: below the line)", fontsize=11, loc="left"
    )
    axes.legend(fontsize=8)


PLOTS: dict[str, Callable[[Axes, Mapping[str, Any]], None]] = {
    "webhooks": webhooks,
    "ingestion": ingestion,
    "turns": turns,
    "growth": growth,
}


def _bars(axes: Axes, values: Mapping[str, float]) -> None:
    bars = axes.barh(list(values), list(values.values()), color=[_colour(name) for name in values])
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8)
    axes.margins(x=0.12)


def _colour(name: str) -> str:
    return _OURS if name.startswith("Relais") else _OTHERS


def _limit(axes: Axes, at: float, words: str) -> None:
    line = axes.axvline(at, color=_WARN, linestyle="--", linewidth=1)
    # Above everything: inside it would lie on the values, beside the title on its words.
    whole = axes.get_figure(root=True)
    assert whole is not None
    whole.legend([line], [words], fontsize=8, loc="outside upper right", frameon=False)
    axes.grid(axis="x", color=_PALE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.invert_yaxis()


def draw(folder: Path, into: Path) -> list[Path]:
    """An SVG for each measurement that was kept in `folder`."""
    drawn = []
    into.mkdir(parents=True, exist_ok=True)
    # The same figures make the same file.
    matplotlib.rcParams["svg.hashsalt"] = "relais"
    # Letters, not their outlines: a tenth of the size.
    matplotlib.rcParams["svg.fonttype"] = "none"
    for name, plot in PLOTS.items():
        kept = figures.kept(name, folder)
        if kept is None:
            continue
        # Not pyplot, which keeps every figure and asks for a screen.
        figure = Figure(figsize=(7.2, 4), layout="constrained", facecolor="white")
        plot(figure.subplots(), kept["figures"])
        load, cores = kept["load"]["5m"], kept["cores"]
        figure.supxlabel(
            f"{kept['measured_at']}, {cores} cores, load {load:g} (5 min)",
            fontsize=7,
            color=_OTHERS,
        )
        path = into / f"bench-{name}.svg"
        figure.savefig(path, metadata={"Date": None})
        drawn.append(path)
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=figures.FOLDER, help="the folder of the plots")
    for path in draw(figures.FOLDER, parser.parse_args().into):
        print(path)


if __name__ == "__main__":
    main()
