"""Connecting a platform: its account looked at, its webhook registered, what is missing named."""
