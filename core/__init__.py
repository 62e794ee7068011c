"""The kernel: what a helpline conversation is, and what may happen to it.

Knows nothing of channels, screens, Rasa or databases. Types are frozen, transitions are pure,
and everything outside is reached through the protocols of `core.ports`.
"""
