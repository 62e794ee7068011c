"""What must not outlive its hour is in no copy: neither what it says nor the key that opens it."""

from core.ports import Store
from core.storage.records import UNCOPIED
from tests.builders import NOON

IMAGE, SLIP = "a" * 32, "b" * 32


async def test_a_copy_leaves_out_what_is_in_quarantine(store: Store) -> None:
    await store.put_document(UNCOPIED, IMAGE, b"body", version=0, now=NOON)
    await store.put_document(f"{UNCOPIED}_slip", SLIP, b"body", version=0, now=NOON)
    data: list[bytes] = []
    keys: list[bytes] = []
    await store.dump(lambda _name, piece: data.append(piece))
    await store.dump_keys(lambda _name, piece: keys.append(piece))
    for half in (b"".join(data), b"".join(keys)):
        assert SLIP.encode() in half
        assert IMAGE.encode() not in half
