"""Channels: each folder translates between one platform and the kernel's vocabulary, and sends.

A connector never decides, never retries, and keeps nothing but what is in flight.
"""
