"""Rotation of the master key, in passes over the data keys while traffic flows.

A gateway that was not restarted yet still makes keys under the old master key, so passes are made
until one finds nothing to do. The accounts' key comes last: until then no process starts without
the old master key, so that nobody can take it away too early.
"""

from core.ports import KeyRing

# Few enough that a message never waits long for a page to be written.
_PAGE = 200


async def rotate(keys: KeyRing, *, page: int = _PAGE) -> int:
    """Bring every data key under the present master key; how many were changed.

    It may be cut short anywhere, and called again. Raises StorageUnavailable.
    """
    total = 0
    while changed := await _pass(keys, page):
        total += changed
    await keys.finish_rotation()
    return total


async def _pass(keys: KeyRing, page: int) -> int:
    changed, after = 0, ""
    while True:
        some, last = await keys.rewrap_keys(after=after, limit=page)
        changed += some
        if last is None:
            return changed
        after = last
