"""Papers for the data-protection officer, drafted from the live configuration."""
