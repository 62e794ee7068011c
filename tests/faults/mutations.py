"""Breaks a copy of the code, one rule at a time, and looks whether the gate notices.

    python -m tests.faults.mutations [NAME …]

A gate that stays green while its rule is broken proves nothing. Each mutation replaces one piece of
one file in a copy of the tree and runs its gate there; exit code 1 if any gate stayed green.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CODE = ("core", "gateway", "handoff", "connectors", "bot", "tests", "actions", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One broken rule, and the test that must notice."""

    name: str
    file: str
    before: str
    after: str
    gate: Sequence[str]


MUTATIONS = (
    Mutation(
        "acknowledge first",
        "gateway/intake.py",
        "        accepted = await self._store.accept_events(\n"
        "            events, now=self._clock(), priority=URGENT if urgent else ORDINARY\n"
        "        )\n",
        "        import asyncio\n"
        "        from core.events import Accepted as Told\n"
        "        later = self._store.accept_events(\n"
        "            events, now=self._clock(), priority=URGENT if urgent else ORDINARY\n"
        "        )\n"
        "        async def keep():\n"
        "            await asyncio.sleep(0.2)\n"
        "            await later\n"
        "        self._late = [*getattr(self, '_late', []), asyncio.ensure_future(keep())]\n"
        "        accepted = [Told(event.event_id, False) for event in events]\n",
        ("tests/faults/test_faults.py", "-k", "acknowledged and sqlite"),
    ),
    Mutation(
        "skip fencing",
        "core/storage/sqlite/worklist.py",
        "    if held is None:\n        raise LeaseLost",
        "    if held is None:\n        return",
        ("tests/contracts/test_worklist.py", "-k", "sqlite"),
    ),
    Mutation(
        "forget the owner check",
        "core/transitions/listener.py",
        "    require_owner(conversation, listener)\n"
        "    require(conversation.channel != TELEPHONE)\n    draft = Draft(",
        "    require(conversation.channel != TELEPHONE)\n    draft = Draft(",
        ("tests/core/test_transitions.py",),
    ),
    Mutation(
        "drop the unique index",
        "core/storage/sqlite/schema.py",
        '"CREATE UNIQUE INDEX conversations_open ON',
        '"CREATE INDEX conversations_open ON',
        ("tests/contracts/test_conversations.py", "-k", "sqlite"),
    ),
    Mutation(
        "call a failure kept",
        "gateway/http.py",
        '        return _problem(503, "unavailable")',
        "        return web.Response()",
        ("tests/faults/test_disk.py",),
    ),
    Mutation(
        "forget what came before",
        "core/storage/sqlite/inbox.py",
        "\"UPDATE events SET state = 'done', body = NULL WHERE ref = ? AND state <> 'done'\"",
        "\"DELETE FROM events WHERE ref = ? AND state <> 'done'\"",
        ("tests/faults/test_webhooks_again.py",),
    ),
    Mutation(
        "start on a later schema",
        "core/storage/sqlite/schema.py",
        "if version > len(migrations):",
        "if version > len(migrations) + 1:",
        ("tests/faults/test_upgrade.py",),
    ),
    Mutation(
        "drop an index",
        "core/storage/sqlite/schema.py",
        '    "CREATE INDEX work_due ON work (lane, priority, ready_at)",\n',
        "",
        ("tests/storage/test_sqlite.py", "-k", "whole_table"),
    ),
    Mutation(
        "one person at a time",
        "gateway/pipeline/inbound.py",
        "AT_A_TIME = 8",
        "AT_A_TIME = 20_000",
        ("tests/gateway/test_pipeline.py", "-k", "without_a_pause"),
    ),
    Mutation(
        "32 begun at once",
        "gateway/service.py",
        "inbound.enter, ENTERING,",
        "inbound.enter, 32,",
        ("tests/gateway/test_danger_first.py",),
    ),
    Mutation(
        "wait for the bot",
        "gateway/pipeline/answering.py",
        "TOO_LATE = timedelta(seconds=45)",
        "TOO_LATE = timedelta(days=45)",
        ("tests/gateway/test_pipeline.py", "-k", "left_too_long"),
    ),
    Mutation(
        "purge whoever waits",
        "core/storage/sqlite/retention.py",
        " OR danger_since IS NOT NULL",
        "",
        ("tests/contracts/test_retention.py", "-k", "sqlite and waits"),
    ),
    Mutation(
        "bring sign-ins back",
        "core/storage/sqlite/backups.py",
        '    "DELETE FROM sessions",\n',
        "",
        ("tests/gateway/privacy/test_backup.py", "-k", "sqlite and erased"),
    ),
    Mutation(
        "rotate in one pass",
        "gateway/privacy/rotation.py",
        "    while changed := await _pass(keys, page):\n        total += changed",
        "    total += await _pass(keys, page)",
        ("tests/contracts/test_keys.py", "-k", "sqlite"),
    ),
    Mutation(
        "rotate the accounts first",
        "gateway/privacy/rotation.py",
        "    total = 0\n",
        "    total = 0\n    await keys.finish_rotation()\n",
        ("tests/contracts/test_keys.py", "-k", "sqlite"),
    ),
    Mutation(
        "leave the old keys in the log",
        "core/storage/sqlite/keyring.py",
        "        await self._read(empty_log)\n",
        "",
        ("tests/storage/test_sqlite.py", "-k", "rotation"),
    ),
    Mutation(
        "believe where the audit begins",
        "core/audit.py",
        "if start != Mark() and not hmac.compare_digest(signature, self.sign(start)):",
        "if False:",
        ("tests/contracts/test_audit.py", "-k", "sqlite"),
    ),
    Mutation(
        "two for one link",
        "handoff/roster.py",
        "            if not self._opens(current, secret):\n                raise NotFound\n",
        "",
        ("tests/handoff/test_accounts_api.py", "-k", "at_once"),
    ),
    Mutation(
        "speak over a listener",
        "gateway/delivery.py",
        "return by_bot and conversation.owner.kind is OwnerKind.LISTENER",
        "return False",
        ("tests/gateway/test_delivery.py", "-k", "claim"),
    ),
    Mutation(
        "forget what was being sent",
        "gateway/delivery.py",
        "            if not channel.repeatable:\n                begun",
        "            if False:\n                begun",
        ("tests/gateway/test_delivery.py", "-k", "crash"),
    ),
    Mutation(
        "know a message by the platform's name only",
        "gateway/pipeline/besides.py",
        "of=MessageId(event.client_id) if event.target and event.client_id else None,",
        "",
        ("tests/gateway/test_delivery.py", "-k", "names_it"),
    ),
    Mutation(
        "wait for ever for who asks nothing",
        "gateway/callers.py",
        "            one.force_close()",
        "            pass",
        ("tests/gateway/test_callers.py",),
    ),
    Mutation(
        "restore the erased",
        "core/storage/sqlite/backups.py",
        "        for statement in _FORGET:",
        "        for statement in ():",
        ("tests/gateway/privacy/test_backup.py", "-k", "sqlite and erased"),
    ),
)


def applied(mutation: Mutation, folder: Path) -> None:
    """Break the copy in `folder`. Raises ValueError unless the piece is there exactly once."""
    path = folder / mutation.file
    text = path.read_text()
    if text.count(mutation.before) != 1:
        raise ValueError(f"{mutation.name}: {mutation.file} has changed")
    path.write_text(text.replace(mutation.before, mutation.after))


def stays_green(mutation: Mutation) -> bool:
    """Whether the gate passes over the broken rule."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", ".venv", "models")
        for name in _CODE:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=ignored, symlinks=True)
            else:
                shutil.copy(source, folder / name)
        applied(mutation, folder)
        gate = [sys.executable, "-m", "pytest", "-q", "-x", *mutation.gate]
        ran = subprocess.run(gate, cwd=folder, capture_output=True, text=True, check=False)
        # 1: tests failed. Anything else is no verdict.
        if ran.returncode not in (0, 1):
            raise RuntimeError(f"{mutation.name}: the gate did not run\n{ran.stdout[-2000:]}")
        return ran.returncode == 0


def main(names: Sequence[str]) -> int:
    """Run the named mutations, or all."""
    green = 0
    for mutation in MUTATIONS:
        if not names or mutation.name in names:
            stayed = stays_green(mutation)
            green += stayed
            print(f"{'GREEN' if stayed else 'red':<6} {mutation.name}", flush=True)
    return 1 if green else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
