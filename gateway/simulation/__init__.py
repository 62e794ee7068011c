"""People and platforms that are not real: fakes of Graph and Telegram, and scripted persons."""

from gateway.simulation.people import play
from gateway.simulation.script import Script, Turn, read_scripts
from gateway.simulation.web import play_web

__all__ = ["Script", "Turn", "play", "play_web", "read_scripts"]
