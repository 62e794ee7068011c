"""The event loop of a stand-in server that runs in a thread of its own."""

import asyncio


def run_until_stopped(loop: asyncio.AbstractEventLoop) -> None:
    """Run until `loop.stop()`, then end what is left, so that no later test finds it."""
    loop.run_forever()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
