"""The website chat: our own channel, whose protocol is published in `docs/web-protocol.md`."""
