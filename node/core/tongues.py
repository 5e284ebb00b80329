"""Which language a text seems to be in: by its letters where they tell, else by its small words.

A guess, and none where it is not clear: short texts, lists of names, mixed texts. Nobody is refused by it; the reader's
own rules may fold.
"""

from __future__ import annotations

import re
from collections import Counter

LOOKED_AT = 4_000
"""Characters from the beginning."""
LEAST_WORDS = 6
LEAST_SHARE = 0.15
"""Of the words of a text in these languages every third or fourth is one of the small ones below."""
_AHEAD = 1.5
"""Times as many small words as of the next language: related ones share some."""
_MOST_LETTERS = 0.5
"""Share of letters of one script that makes it the text's."""
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]"), 0.1),  # its own letters stand between those that it shares with Chinese
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]"), _MOST_LETTERS),
    ("zh", re.compile(r"[\u3400-\u9fff]"), _MOST_LETTERS),
    ("el", re.compile(r"[\u0370-\u03ff]"), _MOST_LETTERS),
    ("he", re.compile(r"[\u0590-\u05ff]"), _MOST_LETTERS),
    ("th", re.compile(r"[\u0e00-\u0e7f]"), _MOST_LETTERS),
    ("uk", re.compile(r"[\u0456\u0457\u0454\u0491]"), 0.03),  # letters that Russian has not, and the other way round
    ("ru", re.compile(r"[\u044b\u044d\u044a\u0451]"), 0.02),
)
_SMALL = {
    "en": "the and to of in is that for it with you your have this are was my be will would not can from but they has "
    "we our been which i am on at as an",
    "de": "der die das und ich ist nicht ein eine mit sie zu den von für auf im dem auch es an als wie wir ihre ihr "
    "sich bei habe haben werden kann oder aber sind einen",
    "fr": "le la les de des et je un une est pour que dans vous avec sur pas ce qui nous votre mon au ne plus du en à "
    "suis ai j l d",
    "es": "el la los las de y que en un una es para con por su mi no se lo del al más como pero tengo soy yo usted muy "
    "este sus",
    "pt": "o a os as de e que em um uma é para com por seu sua meu não se do da no na mais como mas tenho sou você "
    "muito dos das ao",
    "it": "il la i gli le di e che in un una è per con non mi si del della sono ho più come ma al alla nel lo questo "
    "suo vostro",
    "nl": "de het een en ik is van voor met niet dat op te in zijn u uw aan er ook als maar wij heb kan naar bij mijn "
    "om wordt deze",
    "pl": "i w na z do nie się jest że to mam o jak dla po za od oraz przez ale czy który jestem moje będzie są już "
    "bardzo ze pan",
}
_TONGUES: dict[str, list[str]] = {}
for _tongue, _words in _SMALL.items():
    for _word in _words.split():
        _TONGUES.setdefault(_word, []).append(_tongue)


def tongue(text: str) -> str | None:
    """The language as a tag such as `de`; None if that is not clear."""
    words = _WORD.findall(text[:LOOKED_AT].casefold())
    letters = "".join(words)
    for name, script, share in _SCRIPTS:
        if letters and len(script.findall(letters)) >= share * len(letters):
            return name
    if len(words) < LEAST_WORDS:
        return None
    counts = Counter(name for word in words for name in _TONGUES.get(word, ()))
    (best, most), (_, next_best) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return best if most >= LEAST_SHARE * len(words) and most >= _AHEAD * next_best else None
