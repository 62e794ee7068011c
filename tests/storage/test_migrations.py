"""A migration may run under gateways of the release before: what they use, it must leave alone."""

import re

from core.storage.sqlite.schema import MIGRATIONS

# The first two came before anything was released.
_FIRST_RELEASED = 2
_ADDS = re.compile(
    r"\s*(CREATE (TABLE|INDEX|TRIGGER)|CREATE UNIQUE INDEX|ALTER TABLE \w+ ADD COLUMN"
    r"|INSERT (OR IGNORE )?INTO|UPDATE) ",
)


def test_a_migration_only_adds() -> None:
    for statements in MIGRATIONS[_FIRST_RELEASED:]:
        for statement in statements:
            assert _ADDS.match(statement), statement.split("\n")[0]


def test_taking_away_would_be_noticed() -> None:
    for statement in ("DROP TABLE work", "ALTER TABLE work RENAME TO old", "DELETE FROM work"):
        assert not _ADDS.match(statement)
