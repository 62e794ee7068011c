"""The bytes of what people sent."""

from typing import Protocol

from core.ids import AttachmentId, ConversationId


class Files(Protocol):
    """The bytes of what people sent, sealed under their conversation's data key."""

    async def put_file(
        self, conversation_id: ConversationId, attachment_id: AttachmentId, content: bytes
    ) -> None:
        """Keep a file, durable on return; the same id again replaces it. Raises NotFound."""

    async def file(
        self, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> bytes | None:
        """The bytes of a file; None when there is none. Raises SealBroken."""

    async def drop_file(self, conversation_id: ConversationId, attachment_id: AttachmentId) -> None:
        """Destroy a file; one that is not there is no error."""
