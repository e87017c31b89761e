"""Whether somebody is recognised in what a person wrote, by example; all names are invented."""

import pytest

from routing.directory import Level, Person
from routing.naming import Mentions, Names

PEOPLE = {
    "amara": ("Amara Lindovai", "Амара Линдовай", "أمارا ليندوفاي", "阿玛拉·林多瓦伊"),
    "josen": ("Josen Pellaru",),
    "obrien": ("Siobhán O'Brien",),
    "hadi": ("Nour Al-Hadi", "نور الهادي"),
    "elias": ("Łukasz Ångström-Eze",),
    "ivanova": ("Мария Иванова", "Maria Ivanova"),
    "koval": ("Надія Коваль", "Nadiia Koval"),
    "wang": ("Wang Xiaoming", "王小明"),
    "kim": ("Kim Cheol-su", "김철수"),
    "hope": ("Hope Young",),
    "grace": ("Grace Mwangi",),
    "lopez": ("María Fernanda López García",),
    "lin": ("Lin Ba",),
    "mohamed-1": ("Mohamed Diallo",),
    "mohamed-2": ("Mohamed Keïta",),
    "mono": ("Suharto",),
    "initial": ("J. Tassovan",),
}


def person(one: str, name: str, *spellings: str) -> Person:
    return Person(
        id=one,
        name=name,
        spellings=spellings,
        entity="un",
        roles=(),
        stations=(),
        level=Level.HEADQUARTERS,
        languages=("en",),
        time_zone="UTC",
    )


NAMES = Names([person(one, *names) for one, names in PEOPLE.items()])


def mentions(text: str, concerned: frozenset[str] = frozenset(PEOPLE)) -> Mentions:
    return NAMES.mentions(text, concerned.__contains__)


def found(text: str) -> set[str]:
    """Everybody who may be meant, however surely."""
    out = mentions(text)
    return set(out.whole).union(*out.single)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        # As it is written, and as people write.
        ("It was Amara Lindovai who did it", "amara"),
        ("it was amara lindovai", "amara"),
        ("LINDOVAI AMARA", "amara"),
        ("Lindovai, Amara", "amara"),
        ("Amara K. Lindovai", "amara"),
        ("Amara", "amara"),
        ("a tall woman, Lindovai is her name", "amara"),
        ("Ms Lindovai's office", "amara"),
        ("the boss is called pellaru", "josen"),
        # A slip.
        ("Amara Lindovay told me", "amara"),
        ("Amarra Lindovai told me", "amara"),
        ("his name is Josne", "josen"),
        ("pelaru", "josen"),
        ("Lindoavi is the one", "amara"),
        # Marks, apostrophes, hyphens, articles.
        ("siobhan obrien", "obrien"),
        ("O’Brien", "obrien"),
        ("Siobhan", "obrien"),
        ("c'est d'Amara que je parle", "amara"),
        ("lukasz angstrom", "elias"),
        ("Monsieur Angstrom", "elias"),
        ("Nour Alhadi", "hadi"),
        ("nour el hadi", "hadi"),
        ("Keita, Mohamed", "mohamed-2"),
        # Other scripts.
        ("Это сделала Амара Линдовай", "amara"),
        ("أمارا ليندوفاي هي التي فعلت ذلك", "amara"),
        ("كانت أمارا", "amara"),
        ("قالت لي وأمارا", "amara"),
        ("نُور الهَادِي", "hadi"),
        ("تكلمت مع نور هادي", "hadi"),
        ("是阿玛拉·林多瓦伊做的", "amara"),
        ("是阿玛拉林多瓦伊做的", "amara"),
        ("昨天阿玛拉来了", "amara"),
        ("王小明让我去他的办公室", "wang"),
        ("王 小明", "wang"),
        ("김철수가 그랬어요", "kim"),
        # Endings.
        ("Я говорила с Марией Ивановой", "ivanova"),
        ("Это было у Ивановой", "ivanova"),
        ("Марии", "ivanova"),
        ("Розповіла Надії Коваль", "koval"),
        ("Надією", "koval"),
        # Everyday words that are names as well.
        ("Hope did it", "hope"),
        ("hope", "hope"),
        ("I told hope young about it", "hope"),
        ("the driver, Grace, was there", "grace"),
        # Parts of long names, single names, initials.
        ("Maria Lopez", "lopez"),
        ("fernanda garcia", "lopez"),
        ("Suharto", "mono"),
        ("it was Suharto himself", "mono"),
        ("Tassovan", "initial"),
        ("Jon Tassovan", "initial"),
        # A short answer can hardly be anything else.
        ("Lin", "lin"),
        ("lin ba", "lin"),
        ("Kim", "kim"),
        # Several may be meant.
        ("Mohamed from the office", "mohamed-1 mohamed-2"),
    ],
)
def test_somebody_is_recognised(text, who):
    assert set(who.split()) <= found(text)
    assert len(found(text)) <= len(who.split()) + 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "a young man with a white shirt",
        "I hope that somebody helps me",
        "by the grace of God nothing worse happened",
        "the man who drives the car of the organisation, I do not know his name",
        "он работает в офисе и водит белую машину",
        "я сохраняю надежду",
        "рассказала одной женщине",
        "我不知道他的名字",
        "نحن لا نعرف من هو",
        "un homme grand qui distribue les cartes",
        "mtu mrefu anayeendesha gari",
        "he comes on Mondays with the line of cars",
        "\u202e\u0000\ufffd 👩‍👩‍👧",
    ],
)
def test_nobody_is_found_in_everyday_words(text):
    assert found(text) == set()


def test_a_whole_name_says_nothing_of_others_who_bear_a_part_of_it():
    out = mentions("Mohamed Diallo")
    assert out.whole == {"mohamed-1"}
    assert out.single == ()


def test_but_it_does_if_the_whole_name_is_of_somebody_far_away():
    """The one who is meant may be written differently in the directory."""
    out = mentions("Mohamed Diallo", frozenset({"mohamed-2"}))
    assert out.whole == {"mohamed-1"}
    assert frozenset({"mohamed-1", "mohamed-2"}) in out.single


def test_words_of_a_name_far_apart_are_no_whole_name():
    assert mentions("Amara was not there. It was the driver of Lindovai").whole == set()
    assert mentions("Amara and then three other women, Lindovai").whole == set()


def test_slips_in_single_words_are_for_those_concerned():
    assert mentions("his name is Josne", frozenset()) == Mentions()
    assert mentions("Jozen Pellaru", frozenset()).whole == {"josen"}


def test_nothing_is_shown():
    assert repr(mentions("Amara Lindovai and Mohamed")) == "Mentions()"
    assert repr(NAMES).startswith("<routing.naming.Names object")
