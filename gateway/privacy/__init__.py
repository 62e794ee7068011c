"""A person's rights and the end of what is kept: export, erasure, retention, keys, backups."""
