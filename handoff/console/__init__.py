"""The console's server side; its protocol is published in `docs/console-api.md`."""
