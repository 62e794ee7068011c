"""The house that most tests of the gateway play in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.assessment import Assessment
from core.labels import Issue, Urgency
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant
from tests.gateway.house import House, a_house


def _understand(screened: Assessment, text: str) -> Assessment:
    """A learned reading that knows money and one grave word."""
    urgency = Urgency.CRITIQUE if "GRAVE" in text else Urgency.FAIBLE
    issue = Issue.ARNAQUE if "argent" in text else None
    return screened.merged(Assessment(issue=issue, urgency=urgency))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(
        tmp_path,
        assistant=ScriptedAssistant(),
        screen=OneWordScreen(),
        understand=_understand,
        phrases=Echo(),
        asks_for_human=lambda text: "HUMAIN" in text,
    ) as house:
        yield house
