"""WhatsApp through Meta's Cloud API. Set-up and what is supported: `docs/whatsapp.md`."""
