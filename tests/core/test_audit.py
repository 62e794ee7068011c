"""The chain of the audit, without a database."""

import pytest

from core.audit import Chain, ChainBroken, Link, Mark, parse_mark

CHAIN = Chain(b"a secret of tests")


def after(before: Mark, verb: str, chain: Chain = CHAIN) -> Link:
    return chain.join(
        before, at=1, verb=verb, actor=None, conversation=None, subject="accounts", body=b"x"
    )


def mark(link: Link) -> Mark:
    return Mark(link.seq, link.link)


def test_an_entry_of_another_past_does_not_fit() -> None:
    here, elsewhere = after(Mark(), "signed_in"), after(Mark(), "signed_out")
    following = after(mark(elsewhere), "file_revealed")
    assert CHAIN.follow(Mark(), [elsewhere, following]) == mark(following)
    with pytest.raises(ChainBroken) as broken:
        CHAIN.follow(Mark(), [here, following])
    assert broken.value.seq == 2


def test_nobody_makes_an_entry_without_the_key() -> None:
    forged = after(Mark(), "signed_in", Chain(b"another secret"))
    with pytest.raises(ChainBroken):
        CHAIN.follow(Mark(), [forged])


def test_a_start_that_we_did_not_sign_is_refused() -> None:
    start = Mark(7, "a" * 64)
    CHAIN.vouch(Mark(), "")
    CHAIN.vouch(start, CHAIN.sign(start))
    for signature in ("", CHAIN.sign(Mark(8, "a" * 64)), Chain(b"another").sign(start)):
        with pytest.raises(ChainBroken):
            CHAIN.vouch(start, signature)


@pytest.mark.parametrize("text", ["", ":", "x:" + "0" * 64, "1:" + "0" * 63, "1:" + "g" * 64])
def test_what_is_no_mark(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_mark(text)
