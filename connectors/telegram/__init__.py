"""Telegram: updates in, by webhook or by polling; messages out through python-telegram-bot."""
