"""What Relais costs, measured. README.md says which file does what."""
