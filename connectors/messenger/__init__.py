"""Messenger and Instagram, which Meta serves by one webhook and one Graph API."""
