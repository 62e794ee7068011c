"""One address before several processes: whoever does not listen is passed by."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while content := await reader.read(65_536):
            writer.write(content)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def a_door(ports: Sequence[int]) -> AsyncIterator[str]:
    """The URL behind which each new connection goes to the next of `ports` that takes it."""
    turn = 0
    open_writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turn
        turn += 1
        open_writers.add(writer)
        try:
            for number in range(len(ports)):
                with suppress(OSError):
                    port = ports[(turn + number) % len(ports)]
                    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
                    await asyncio.gather(_pass(reader, inner_writer), _pass(inner_reader, writer))
                    return
        finally:
            open_writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in open_writers:
            writer.transport.abort()
