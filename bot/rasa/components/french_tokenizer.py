"""Cut a message into words and emoji, and smooth the spelling of each.

Rasa's own WhitespaceTokenizer throws emoji away; "🔪🩸 encore ce soir" must keep them. The text and
the offsets of a token are those of the message; only `lemma` is smoothed, and only the character
n-grams read it, so a bad substitution can cost a feature but never a word.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.reading_model.spelling import TOKEN, smooth


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FrenchTokenizer(Tokenizer):
    """Tokens with the message's own offsets; an unreadable message gives one token, itself."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        return []

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> FrenchTokenizer:
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        tokens = [
            Token(m.group(), m.start(), m.end(), lemma=smooth(m.group()))
            for m in TOKEN.finditer(text)
        ]
        return tokens or [Token(text, 0, len(text), lemma=text)]
