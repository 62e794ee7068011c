"""The bot's own actions, served by rasa_sdk in Rasa's environment; imports nothing of ours."""
