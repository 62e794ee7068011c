"""Files that people send: fetched with distrust, typed by content, redrawn, and kept sealed.

What is decided here, and what remains weak, is in `docs/media.md`.
"""
