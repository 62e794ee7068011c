"""The danger screen: `SpacyScreen` is the one name others need."""

from bot.screen.screen import INLINE_LIMIT, SpacyScreen

__all__ = ["INLINE_LIMIT", "SpacyScreen"]
