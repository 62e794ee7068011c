"""Rasa pipeline components of this project; named in config.yml."""
