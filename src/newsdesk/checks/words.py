"""What English words do in a sentence: which carry content, which are one word, which deny, which contradict.

Small closed lists on purpose: a word that is missing costs a little overlap, never a wrong agreement on a number,
a date or a name, for those are compared as they stand (see ``figures``).
"""

from __future__ import annotations

from functools import lru_cache


def listed(words: str) -> list[str]:
    """The words of a list that is written as one text."""
    return words.split()


STOP = frozenset(
    listed("""
a an the this that these those of in on at by for from to into onto with as and or but if than then so such is
are was were be been being am has have had having do does did done will would shall should can could may might
must it its he his him she her hers they their them theirs we our us you your i my me who whom whose which
what when where why how there here also too very just still about after before during while until since upon
over under between against both each every any some all own other another same more most much many few up down
out off again further once it's one ones now yet even ever only well back already within per 's s t d ll re ve
however meanwhile although though because whether among amid instead around across through
""")
)
"""Words without content of their own."""

SPEECH = frozenset(
    listed("""
say tell add claim state admit accept announce report explain warn argue reply insist write declare comment
recall remark note ask according believe think worry fear hope describe maintain suggest
""")
)
"""Stems of the verbs by which a statement is somebody's."""

_NEGATIONS = frozenset(
    listed("""
not no none never nobody nothing neither nor without cannot hardly unable
""")
)
_DENYING = frozenset(["deny", "reject"])
_DENYING_TO = frozenset(["refuse", "decline", "fail", "unable"])

_SAME = [
    "die dead death kill fatality",
    "ferry ship vessel boat",
    "sink founder",
    "rise increase climb up grow",
    "fall drop decrease",
    "begin start commence",
    "end finish stop conclude",
    "close shut",
    "hurt injure wound",
    "job post position",
    "get receive obtain",
    "put fit install lay",
    "buy purchase acquire",
    "show reveal",
    "big large great huge",
    "small little",
    "need require must",
    "help aid assist",
    "rescue save",
    "child kid pupil",
    "person people",
    "doctor dr",
    "factory plant works",
    "crowd attendance",
    "lorry truck",
    "chair chairman chairwoman head",
    "lead leader",
    "cut reduce reduction",
    "choose elect appoint",
    "strike walkout stoppage",
    "worker employee staff workforce",
    "illness disease sickness",
    "aboard board",
    "power electricity",
    "phone telephone call ring",
    "train rail railway",
    "resident inhabitant islander villager",
    "annual yearly annually",
    "approximately roughly around some nearly almost",
    "house home",
    "road street",
    "shop store",
    "money fund cash",
    "blaze fire",
    "crash collision",
    "police officer",
    "company firm business operator",
    "council councillor",
    "reply answer respond",
    "ask request",
    "build construct",
    "destroy wreck",
    "search hunt",
    "probe investigation inquiry",
    "talk negotiation discussion",
    "accord agreement deal",
    "wage pay salary",
    "cost price",
    "hospital infirmary clinic",
    "teacher schoolteacher",
    "prison jail",
    "murder homicide",
    "storm gale",
    "car vehicle",
    "plane aircraft",
    "mother mum",
    "father dad",
    "allow permit let",
    "stay remain",
    "leave depart",
    "reach arrive",
    "carry transport",
    "attempt try",
    "fix repair mend",
    "happen occur",
    "hold keep",
    "vote ballot poll",
    "win beat defeat",
    "goal score",
    "join enter",
    "hire employ recruit",
    "warn alert",
    "blame fault",
    "damage harm",
    "quick fast rapid",
    "whole entire",
    "important main chief principal",
    "probable likely",
    "new fresh",
    "resume restart",
    "replace substitute",
    "donation gift",
    "victim casualty",
    "survive outlive",
    "study research",
    "scientist researcher",
    "expert specialist",
    "publish issue",
    "legal lawful",
    "mistake error",
    "wrong incorrect",
    "former ex previous",
    "husband spouse",
    "captain skipper master",
    "quarter fourth",
    "meeting session",
]
_IRREGULAR = listed("""
sank:sink sunk:sink went:go gone:go struck:strike said:say says:say told:tell took:take taken:take found:find
built:build rose:rise risen:rise fell:fall fallen:fall held:hold left:leave gave:give given:give won:win
lost:lose dead:die died:die dying:die deaths:die death:die paid:pay sold:sell bought:buy drove:drive
driven:drive wrote:write written:write men:man women:woman children:child people:person made:make knew:know
known:know thought:think began:begin begun:begin came:come saw:see seen:see got:get kept:keep led:lead
met:meet ran:run sent:send spent:spend spoke:speak spoken:speak stood:stand swam:swim taught:teach wore:wear
worn:wear broke:break broken:break brought:bring caught:catch chose:choose chosen:choose drew:draw drawn:draw
fought:fight flew:fly forgot:forget heard:hear hid:hide shook:shake shot:shoot shown:show sang:sing
slept:sleep swept:sweep threw:throw thrown:throw understood:understand worse:bad worst:bad better:good
best:good feet:foot lives:life wives:wife mice:mouse lay:lie laid:lay meant:mean felt:feel dealt:deal
bent:bend blew:blow blown:blow burnt:burn dug:dig ate:eat eaten:eat froze:freeze frozen:freeze hung:hang
lent:lend rode:ride ridden:ride rang:ring rung:ring sought:seek sat:sit stole:steal stolen:steal
tore:tear torn:tear woke:wake wound:wound aged:age denied:deny denies:deny died:die dies:die tied:tie cut:cut
according:according news:news always:always per:per species:species killed:kill using:use used:use red:red
need:need speed:speed hundred:hundred
""")
_ANTONYMS = [
    "rise fall", "raise cut", "accept reject", "open close", "more fewer", "more less", "north south", "east west",
    "first last", "first second", "second last", "high low", "highest lowest", "large small", "largest smallest",
    "alive die", "win lose", "before after", "for against", "early late", "least most", "strong weak",
    "confirm deny", "agree disagree", "agree refuse", "above below", "upper lower", "top foot", "inside outside",
    "guilty innocent", "approve block", "support oppose", "forward back", "daily weekly", "morning evening",
    "male female", "brother sister", "mother father", "son daughter", "husband wife", "arrive leave", "begin end",
    "keep replace", "bronze gold", "silver gold", "port starboard", "best bad", "fast slow", "public private",
    "keep lose", "able unable", "allow ban", "hire sack", "right wrong",
]  # fmt: skip

_FORMS = dict(pair.split(":") for pair in _IRREGULAR)
_ONE = {word: group.split()[0] for group in _SAME for word in group.split()}
_SUFFIXES = (
    "ations", "ation", "ated", "ating", "ates", "ions", "ings", "ing", "ion", "ers", "ed", "es", "er", "ly", "s"
)  # fmt: skip


def _root(word: str) -> str:
    """The word without its endings: "named", "names" and "naming" are one. Not always a word itself."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_ROOTS_OF_ONE = {_root(word): _root(first) for word, first in _ONE.items()}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What makes two words the same for the check: inflection and a few plain synonyms do not count."""
    low = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    if low in ("n't", "not") or low.endswith("n't"):
        return "not"
    low = _FORMS.get(low, low)
    root = _root(low)
    return _ROOTS_OF_ONE.get(root, root)


def stems(words: frozenset[str]) -> frozenset[str]:
    """The stems of a list of words."""
    return frozenset(stem(word) for word in words)


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in _ANTONYMS:
        one, other = (stem(word) for word in pair.split())
        found[one] = found.get(one, frozenset()) | {other}
        found[other] = found.get(other, frozenset()) | {one}
    return found


OPPOSITES = _opposites()
"""For a stem, the stems that say the contrary of the same thing."""
SPEECH_STEMS = stems(SPEECH)
_DENYING_STEMS = stems(_DENYING)
_DENYING_TO_STEMS = stems(_DENYING_TO)


@lru_cache(maxsize=20_000)
def denies(word: str, following: str = "") -> bool:
    """Whether the word denies what follows it: "not", "n't", "never", "denied"; before "to", "failed" too."""
    low = word.casefold().replace("’", "'")
    if low in _NEGATIONS or low.endswith("n't") or stem(low) in _DENYING_STEMS:
        return True
    return following == "to" and stem(low) in _DENYING_TO_STEMS
