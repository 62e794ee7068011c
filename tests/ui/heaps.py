"""What the script of a page holds on to, counted once the garbage is gone."""

from __future__ import annotations

import json
from collections import Counter

from tests.ui.consoles import Page

# What a script makes and may keep. The rest of its heap is the engine's own: functions compiled and
# compiled again as they are used, shapes of objects, the browser's timeline of the page.
MADE_BY_THE_SCRIPT = (
    "object",
    "closure",
    "string",
    "concatenated string",
    "sliced string",
    "array",
    "number",
    "bigint",
    "symbol",
    "regexp",
)


def heap_of(page: Page) -> Counter[str]:
    """Bytes of the script's heap by kind of what lies there."""
    tools = page.context.new_cdp_session(page)
    parts: list[str] = []
    tools.on("HeapProfiler.addHeapSnapshotChunk", lambda told: parts.append(told["chunk"]))
    tools.send("HeapProfiler.enable")
    for _ in range(3):
        tools.send("HeapProfiler.collectGarbage")
    tools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    tools.detach()
    told = json.loads("".join(parts))
    meta = told["snapshot"]["meta"]
    fields, kinds = meta["node_fields"], meta["node_types"][0]
    nodes, width = told["nodes"], len(fields)
    kind, size = fields.index("type"), fields.index("self_size")
    found: Counter[str] = Counter()
    for at in range(0, len(nodes), width):
        found[kinds[nodes[at + kind]]] += nodes[at + size]
    return found


def made_by_the_script(found: Counter[str]) -> int:
    """Bytes of it that the script made and still holds."""
    return sum(found[kind] for kind in MADE_BY_THE_SCRIPT)
