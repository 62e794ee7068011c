"""A picture or film that nobody may keep is taken out of every dossier: an intimate one of a minor.

A dossier holds copies, bit by bit, so they are found by their hash, wherever they came from. The
bytes are destroyed with their key, and so is each paper that may show them; the case keeps the
hash, and one signed step that says so.
"""

from core.accounts import Listener
from core.signalement import moves
from handoff.signalement.archive import Archive, Kept


class Copies:
    """The copies of files in dossiers. A hold keeps none of these."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def destroy(self, sha256: str, by: Listener | None) -> None:
        """Take a file out of every dossier. Doing it again finishes what a crash cut short."""
        for kept in await self._archive.all():
            await self.destroy_in(kept, sha256, by)

    async def destroy_in(self, kept: Kept, sha256: str, by: Listener | None) -> Kept:
        """Take a file out of one dossier."""
        captures = [one for one in kept.case.captures if one.sha256 == sha256]
        files = [one for one in kept.case.enclosed if one.sha256 == sha256]
        # Of a file that is being copied just now too: the copying finds it destroyed.
        if any(one.kept for one in captures) or not all(one.destroyed for one in files):
            kept = await self._archive.change(
                kept.case.id,
                moves.CAPTURE_PUT_ASIDE,
                lambda case: moves.put_aside(case, sha256),
                by,
                sha256,
            )
        held = {one.id for one in captures} | {name for one in files for name in one.names}
        for name in held | moves.papers_with(kept.case, sha256):
            await self._archive.drop_file(name)
        return kept
