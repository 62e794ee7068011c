"""People as these tests need them."""

from core.conversation import Attachment, Conversation, FileState
from core.events import MessageType
from core.ports import Change, Store
from tests.builders import a_message, at, changed
from tests.contracts.test_erasure import PICTURE, Person


async def with_a_picture(store: Store, person: Person) -> Conversation:
    """The person's present conversation, once they sent the picture that `write` has put there."""
    following = changed(person.conversation, next_seq=5)
    picture = Attachment(
        id=PICTURE, type=MessageType.IMAGE, state=FileState.KEPT, mime="image/webp", size=5
    )
    message = a_message(following, 4, text="regarde", attachments=(picture,))
    await store.commit(Change(conversation=following, messages=(message,)), now=at(3))
    return following
