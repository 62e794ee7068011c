"""Documents that belong to a conversation, though they are kept apart from it.

A page to the team on call goes with its conversation, and so does the code to come back to it. A
dossier (signalement) does not: it is a case of its own, with its own copies of the evidence and its
own end; only the desk destroys it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from connectors.web.returning import forget_code
from core.ids import ConversationId
from core.ports import Documents
from core.signalement.evidence import from_json
from gateway.paging import KIND as PAGE
from handoff.signalement.archive import CASES, FILES, whole


async def drop_papers(documents: Documents, conversations: Iterable[ConversationId]) -> None:
    """Destroy what goes with these conversations."""
    for one in conversations:
        await documents.drop_document(PAGE, one)
        await forget_code(documents, one)


async def dossiers_about(
    documents: Documents, conversations: Iterable[ConversationId]
) -> Sequence[dict[str, Any]]:
    """The dossiers that were opened from these conversations, as they are kept."""
    wanted = set(conversations)
    cases = [json.loads(one.body) for one in await documents.documents(CASES)]
    return [case for case in cases if case.get("conversation_id") in wanted]


async def dossier_files(documents: Documents, case: dict[str, Any]) -> dict[str, bytes]:
    """The files of a dossier: what was kept of captures and of enclosed files, and the papers that
    were sent. Never what nobody may look at."""
    read = from_json(json.dumps(case).encode())
    ids = [one.id for one in read.captures if read.may_show(one)]
    ids += [one.id for one in read.notices]
    found = {one: await documents.document(FILES, one) for one in ids}
    files = {name: document.body for name, document in found.items() if document is not None}
    for one in read.enclosed:
        content = await whole(documents, one)
        if content is not None:
            files[one.id] = content
    return files
