"""An address is the content's own, or the listener is told why not. Nothing is fetched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.signalement.addresses import handle_fault, imitated, same_content, url_fault
from core.signalement.case import ContentKind
from core.signalement.platforms import directory

KNOWN = directory()
EXACT = {
    ("facebook", "post"): "https://www.facebook.com/ecole.du.parc/posts/pfbid02abc",
    ("instagram", "post"): "https://www.instagram.com/p/Cx9_abcDEF1/?igsh=1",
    ("instagram", "profile"): "https://instagram.com/moi.collegien",
    ("instagram", "story"): "https://www.instagram.com/stories/moi/3141592653589/",
    ("instagram", "video"): "https://www.instagram.com/reel/Cx9_abcDEF1/",
    ("twitter", "post"): "https://x.com/quelquun/status/1712345678901234567",
    ("twitter", "profile"): "https://twitter.com/quelquun",
    ("snapchat", "profile"): "https://www.snapchat.com/add/quelquun",
    ("tiktok", "video"): "https://www.tiktok.com/@quelquun/video/7301234567890123456",
    ("tiktok", "profile"): "https://www.tiktok.com/@quel.qu_un",
    ("twitch", "video"): "https://www.twitch.tv/videos/1987654321",
    ("youtube", "video"): "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    ("youtube", "profile"): "https://www.youtube.com/@quelquun",
    ("roblox", "game"): "https://www.roblox.com/games/920587237/Jeu",
    ("roblox", "profile"): "https://www.roblox.com/fr/users/1234567/profile",
    ("discord", "message"): (
        "https://discord.com/channels/112233445566778899/112233445566778800/112233445566778811"
    ),
    ("telegram", "post"): "https://t.me/canal_public/42",
    ("autre", "post"): "http://forum.example.fr/sujet/12#reponse",
}

MORE_EXACT = [
    ("facebook", "post", "https://www.facebook.com/groups/123/posts/456/"),
    ("facebook", "post", "https://www.facebook.com/groups/parents.du.parc/permalink/456"),
    ("facebook", "post", "https://www.facebook.com/permalink.php?story_fbid=pfbid02abc&id=1000"),
    ("facebook", "post", "https://www.facebook.com/photo/?fbid=102&set=a.1"),
    ("facebook", "comment", "https://www.facebook.com/groups/123/posts/456/?comment_id=7"),
    ("facebook", "video", "https://www.facebook.com/watch/?v=102030"),
    ("facebook", "live", "https://www.facebook.com/watch/live/?v=102030"),
    ("facebook", "profile", "https://www.facebook.com/profile.php?id=1000"),
    ("facebook", "profile", "https://www.facebook.com/people/Un-Nom/1000123/"),
    ("facebook", "group", "https://www.facebook.com/groups/parents.du.parc/"),
    ("youtube", "comment", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=Ugabc"),
    ("youtube", "live", "https://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ"),
    ("snapchat", "profile", "https://www.snapchat.com/@quelquun"),
    ("twitch", "video", "https://clips.twitch.tv/AwkwardHelplessSalamander-Ab_1"),
    ("twitch", "profile", "https://www.twitch.tv/directory_fan"),
    ("twitter", "profile", "https://x.com/settings_fan"),
    ("telegram", "group", "https://t.me/joinchat/AbCdEf12"),
]
# Pages of the site, of everybody: a notice that names one of them is sent back.
NAMES_NOTHING = [
    ("youtube", "video", "https://www.youtube.com/watch", "url_incomplete"),
    ("youtube", "video", "https://www.youtube.com/watch?v=", "url_incomplete"),
    ("youtube", "video", "https://www.youtube.com/watch?v=court", "url_incomplete"),
    ("youtube", "video", "https://www.youtube.com/watch?list=PLabc", "url_incomplete"),
    ("youtube", "comment", "https://www.youtube.com/watch?lc=Ugabc", "url_incomplete"),
    ("facebook", "profile", "https://www.facebook.com/profile.php", "url_incomplete"),
    ("facebook", "profile", "https://www.facebook.com/profile.php?id=", "url_incomplete"),
    ("facebook", "post", "https://www.facebook.com/permalink.php", "url_incomplete"),
    ("facebook", "post", "https://www.facebook.com/story.php?id=1000", "url_incomplete"),
    ("facebook", "post", "https://www.facebook.com/photo/", "url_incomplete"),
    ("facebook", "video", "https://www.facebook.com/watch/", "url_incomplete"),
    ("facebook", "live", "https://www.facebook.com/watch/live/", "url_incomplete"),
    ("facebook", "profile", "https://www.facebook.com/login/", "url_not_content"),
    ("facebook", "profile", "https://www.facebook.com/Help", "url_not_content"),
    ("facebook", "comment", "https://www.facebook.com/help/1234", "url_not_content"),
    ("facebook", "live", "https://www.facebook.com/settings?tab=privacy", "url_not_content"),
    ("facebook", "group", "https://www.facebook.com/groups/feed/", "url_not_content"),
    ("facebook", "post", "https://www.facebook.com/share/p/1AbCd", "url_shortened"),
    ("facebook", "video", "https://fb.watch/abc/", "url_shortened"),
    ("facebook", "comment", "https://l.facebook.com/l.php?u=http://x.example", "url_shortened"),
    ("instagram", "profile", "https://www.instagram.com/about", "url_not_content"),
    ("instagram", "profile", "https://www.instagram.com/p/", "url_not_content"),
    ("instagram", "post", "https://www.instagram.com/share/BAbcd", "url_shortened"),
    ("snapchat", "profile", "https://www.snapchat.com/add", "url_not_content"),
    ("snapchat", "story", "https://www.snapchat.com/t/AbCd1234", "url_shortened"),
    ("tiktok", "video", "https://www.tiktok.com/t/ZTR12345/", "url_shortened"),
    ("twitch", "profile", "https://www.twitch.tv/directory", "url_not_content"),
    ("twitch", "video", "https://www.twitch.tv/directory", "url_not_content"),
    ("twitch", "video", "https://www.twitch.tv/quelquun", "url_not_content"),
    ("twitter", "profile", "https://x.com/settings", "url_not_content"),
    ("telegram", "profile", "https://t.me/joinchat", "url_not_content"),
    ("discord", "group", "https://discord.com/login", "url_not_content"),
]


@pytest.mark.parametrize(("platform", "kind", "url"), MORE_EXACT)
def test_the_platforms_own_ways_of_naming_a_content_are_taken(
    platform: str, kind: str, url: str
) -> None:
    assert url_fault(url, ContentKind(kind), KNOWN.platforms[platform], KNOWN) is None


@pytest.mark.parametrize(("platform", "kind", "url", "fault"), NAMES_NOTHING)
def test_a_page_of_the_site_is_no_content(platform: str, kind: str, url: str, fault: str) -> None:
    assert url_fault(url, ContentKind(kind), KNOWN.platforms[platform], KNOWN) == fault


@pytest.mark.parametrize(("content", "url"), EXACT.items(), ids=lambda value: str(value)[:40])
def test_an_exact_address_is_taken(content: tuple[str, str], url: str) -> None:
    platform, kind = content
    assert url_fault(url, ContentKind(kind), KNOWN.platforms[platform], KNOWN) is None


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "url_malformed"),
        ("https://www.instagram.com/p/Cx9 abc/", "url_malformed"),
        ("https://instagram/p/Cx9_abcDEF1/", "url_malformed"),
        ("https://157.240.1.174/p/Cx9_abcDEF1/", "url_malformed"),
        ("https://[::1]/p/Cx9_abcDEF1/", "url_malformed"),
        ("https://www.instagram.com:port/p/Cx9_abcDEF1/", "url_malformed"),
        ("https://www.instagram.com/p/" + "a" * 2000, "url_malformed"),
        ("www.instagram.com/p/Cx9_abcDEF1/", "url_scheme"),
        ("javascript:alert(1)//www.instagram.com/p/Cx9_abcDEF1/", "url_scheme"),
        ("https://www.instagram.com@mechant.example/p/Cx9_abcDEF1/", "url_userinfo"),
        ("https://bit.ly/3abcdef", "url_shortened"),
        ("https://vm.tiktok.com/ZMabcdef/", "url_shortened"),
        ("https://www.tiktok.com/@quelquun/video/7301234567890123456", "url_other_platform"),
        ("https://forum.example.fr/p/Cx9_abcDEF1/", "url_wrong_host"),
        ("https://www.instagram.com/", "url_incomplete"),
        ("https://www.instagram.com", "url_incomplete"),
        ("https://www.instagram.com/moi.collegien", "url_not_content"),
        # Small L for I; r and n for m; a Cyrillic i, plain and as punycode; accents; slips.
        ("https://www.lnstagram.com/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://www.instagrarn.com/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://www.іnstagram.com/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://www.xn--nstagram-jpf.com/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://www.ínstagram.com/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://1nstagram.com/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://instagam.com/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://instagram.com.mechant.example/p/Cx9_abcDEF1/", "url_lookalike"),
        ("https://instagram-login.example/p/Cx9_abcDEF1/", "url_lookalike"),
    ],
)
def test_a_false_address_is_named_for_what_it_is(url: str, fault: str) -> None:
    assert url_fault(url, ContentKind.POST, KNOWN.platforms["instagram"], KNOWN) == fault


def test_a_short_name_is_imitated_by_letters_of_another_alphabet_only() -> None:
    assert imitated("xn--80a.com", KNOWN) is None
    assert imitated("х.com", KNOWN) == "x.com"
    assert imitated("y.com", KNOWN) is None


def test_a_full_width_letter_is_the_plain_one_as_in_a_browser() -> None:
    url = "https://www.ｉnstagram.com/p/Cx9_abcDEF1/"
    assert url_fault(url, ContentKind.POST, KNOWN.platforms["instagram"], KNOWN) is None


def test_another_site_may_be_a_false_one_but_not_a_platform_with_an_entry_of_its_own() -> None:
    other = KNOWN.platforms["autre"]
    assert url_fault("https://instagram-login.example/a", ContentKind.POST, other, KNOWN) is None
    told = url_fault(EXACT["instagram", "post"], ContentKind.POST, other, KNOWN)
    assert told == "url_other_platform"


@pytest.mark.parametrize(
    ("platform", "handle", "sound"),
    [
        ("instagram", "@moi.collegien", True),
        ("instagram", "moi collégien", False),
        ("twitter", "un_nom_beaucoup_trop_long", False),
        ("whatsapp", "+33612345678", True),
        ("whatsapp", "06 12", False),
        ("discord", "quelquun#1234", True),
    ],
)
def test_the_name_of_an_account_has_its_platforms_form(
    platform: str, handle: str, sound: bool
) -> None:
    assert (handle_fault(handle, KNOWN.platforms[platform]) is None) is sound


@given(st.text(max_size=300), st.sampled_from(sorted(KNOWN.platforms)))
def test_no_address_breaks_the_check(text: str, platform: str) -> None:
    for url in (text, f"https://{text}", f"https://www.instagram.com/{text}"):
        url_fault(url, ContentKind.POST, KNOWN.platforms[platform], KNOWN)
    handle_fault(text, KNOWN.platforms[platform])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.youtube.com/watch?v=a", "https://m.youtube.com/watch?si=x&v=a", True),
        ("https://www.youtube.com/watch?v=a", "https://www.youtube.com/watch?v=b", False),
        ("https://forum.example/topic?t=1", "https://forum.example/topic?t=2", False),
        ("https://a.example/page#one", "https://a.example/page#two", False),
        ("https://a.example/Page", "https://b.example/Page", False),
        ("junk", "junk ", False),
    ],
)
def test_what_belongs_to_the_content_is_told_from_how_it_was_shared(
    one: str, other: str, same: bool
) -> None:
    assert (same_content(one) == same_content(other)) is same


@pytest.mark.parametrize(
    ("platform", "handle"),
    [
        ("instagram", "explore"),
        ("instagram", "@login"),
        ("instagram", "Help"),
        ("twitter", "settings"),
        ("facebook", "marketplace"),
        ("twitch", "directory"),
        ("telegram", "share"),
    ],
)
def test_a_page_of_the_site_is_nobody_s_name(platform: str, handle: str) -> None:
    known = directory().platforms[platform]
    assert handle_fault(handle, known) == "handle_reserved"
    url = f"https://{known.hosts[0]}/{handle.removeprefix('@')}"
    assert url_fault(url, ContentKind.PROFILE, known, directory()) == "url_not_content"


def test_a_word_is_a_name_where_names_have_their_own_place() -> None:
    for platform in ("discord", "tiktok", "youtube"):
        assert handle_fault("support", directory().platforms[platform]) is None
    assert handle_fault("login_de_lea", directory().platforms["instagram"]) is None
