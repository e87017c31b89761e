"""Each fault the checker must find, planted in the small book; and the sound books, in which it finds none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.book import Book, Call, Choose, Decide, Node, Rule, Text
from flows.check import MOST_ACTIONS, Proof, Proofs, prove
from tests.flows.books import small

HELP = "help is one action away from every state"
LEAVE = "leaving, with everything erased, is one action away from every state"
REST = "nobody is left where nothing waits for them"
ORPHAN = "every node is reached by somebody"
BUTTON = "every button offered, and every outcome of a call, leads somewhere else"
KEPT = "every answer that is asked for is kept"
DEAD = "no dead end: its own buttons lead from every state to an end"
PASS = "every question can be passed without an answer"
SEND = "sending is reachable with every optional question passed over"
LOOP = "every loop waits for a person"
SEAL = "every free text is sealed"
YOUNG = "a person under 18, or whose age is not known, is never asked for the story"
OUTSIDE = "what is not about people in aid, or not sexual, never reaches a focal point"
REFER = "asking for a counsellor never depends on reporting"
PRIVATE = "what is meant for a counsellor, or to leave somebody out, is never part of a report"
LIMITS = "the limits of confidentiality are told before anything is asked for"
CARE = "health information is shown at once when the time is told or not known"
DISTRESS = "words of distress are answered from every state"
NEAR = f"a report can be sent within {MOST_ACTIONS} actions"
MAY = "nothing is asked but what may be asked"
CASE = "nothing of a report is shown before its number was opened"
PROMISES = (
    *(HELP, LEAVE, REST, ORPHAN, BUTTON, KEPT, DEAD, PASS, SEND, LOOP, SEAL, YOUNG, OUTSIDE, REFER),
    *(PRIVATE, LIMITS, CARE, DISTRESS, NEAR, MAY),
)


def broken(book: Book) -> dict[str, tuple[str, ...]]:
    """The promises that do not hold, with the places."""
    return {proof.promise: proof.broken for proof in prove(book).proofs if not proof.holds}


def with_node(book: Book, node: Node) -> Book:
    """A book that the compiler would have refused."""
    return replace(book, nodes={**book.nodes, node.name: node})


def test_a_sound_book_keeps_every_promise_and_each_was_looked_at():
    proofs = prove(small())
    assert tuple(proof.promise for proof in proofs.proofs) == PROMISES
    assert proofs.hold
    assert all(proof.holds and proof.cases > 0 and not proof.broken for proof in proofs.proofs)
    assert proofs.states > 200
    assert proofs.steps > 5_000


def test_the_shortest_way_to_send_is_counted_in_actions():
    # go on, not sure, pass, pass, (young) go on, send
    assert prove(small()).shortest == 6


def test_a_promise_about_nothing_does_not_hold():
    assert not Proof("every unicorn is fed", 0, ()).holds
    assert Proof("every bird is fed", 1, ()).holds
    assert not Proof("every bird is fed", 2, ("sparrow",)).holds
    assert not Proofs(1, 1, (Proof("a", 1, ()), Proof("b", 0, ())), 0).hold


# --- one planted fault each ---


@pytest.mark.parametrize(
    ("target", "name"), [("erased", "an act"), ("age", "a fork"), ("ask", "a call")], ids=lambda value: value
)
def test_help_that_is_no_place_to_stay_is_found(target, name):
    assert len(broken(small(("help: help_now", f"help: {target}")))[HELP]) > 5


def test_leaving_that_asks_first_is_found():
    found = broken(small(("  leave: leaving", "  leave: delete_sure")))
    assert {"limits", "story", "review"} <= set(found[LEAVE])
    assert HELP not in found


def test_an_orphan_is_found():
    alone = '  leaving:\n    do: leave\n  island:\n    say: "Nobody comes here."\n    to: leaving\n'
    assert broken(small(("  leaving:\n    do: leave\n", alone))) == {ORPHAN: ("island",)}


def test_a_node_that_can_be_pointed_at_but_never_reached_is_an_orphan():
    rule = '      - {when: {under_18: ["no"]}, to: story}\n'
    assert (
        broken(small((rule, rule + '      - {when: {under_18: ["no"], actor: [other_person]}, to: receipt}\n'))) == {}
    )
    found = broken(small(("{else: young}", "{else: story}")))
    assert found[ORPHAN] == ("young",)


def test_a_fork_an_act_or_a_call_that_nothing_leads_to_is_an_orphan():
    fork = "  leaving:\n    do: leave\n  alone:\n    decide:\n      - {else: leaving}\n"
    assert broken(small(("  leaving:\n    do: leave\n", fork))) == {ORPHAN: ("alone",)}


def test_a_fork_that_is_reached_only_through_an_aside_is_no_orphan():
    fork = "  leaving:\n    do: leave\n  menu:\n    decide:\n      - {else: change}\n"
    assert broken(small(("via: change", "via: menu"), ("  leaving:\n    do: leave\n", fork))) == {}


def test_a_button_that_leads_nowhere_is_found():
    assert broken(
        small(('again: {label: "Back to my answers", to: review}', 'again: {label: "Stay", to: nobody}'))
    ) == {BUTTON: ("nobody",)}


def test_a_statement_on_the_path_that_would_return_is_found():
    found = broken(
        small(('"You do not need to tell the story."\n    to: review', '"You need not."\n    to: "@return"'))
    )
    assert found[BUTTON] == ("young",)
    assert "young" in found[DEAD]


def test_a_free_text_on_the_path_that_would_return_is_found():
    assert broken(small(("    to: review\n    skip: review", '    to: "@return"\n    skip: review')))[BUTTON] == (
        "story",
    )


def test_an_outcome_on_the_path_that_would_return_is_found():
    found = broken(small(("nobody: nobody}", 'nobody: "@return"}')))
    assert found[BUTTON] == ("send",)
    assert found[ORPHAN] == ("nobody",)


def test_a_fork_on_the_path_that_would_return_is_found():
    found = broken(small(("{else: young}", '{else: "@return"}')))
    assert found[REST] == ("age",)


def test_a_question_in_an_aside_whose_answer_nobody_would_keep_is_found():
    """Nothing chosen in an aside is an answer: that holds for the language, which is kept apart, and nothing else."""
    assert "actor" in broken(small(("via: change", "via: actor")))[KEPT]
    found = broken(small(('"Choose your language."\n    to: "@return"', '"Choose your language."\n    to: entity')))
    assert "entity" in found[KEPT]


def test_a_way_round_from_within_an_aside_is_found():
    """There is one sheet over a question, not two: ``via`` would be passed over."""
    found = broken(
        small(('back: {label: "Back", to: "@return"}', 'back: {label: "Back", to: "@return", via: counsellor}'))
    )
    assert found == {BUTTON: ("help_now",)}


@pytest.mark.parametrize("start", ["send", "erased", "leaving"])
def test_a_beginning_where_nobody_is_waited_for_is_found(start):
    assert start in broken(small(("start: limits", f"start: {start}")))[REST]


def test_a_dead_end_is_found():
    """Two statements that lead only to each other: every button leads on, and none leads out."""
    round_and_round = '  young:\n    say: "You do not need to tell the story."\n    to: younger\n'
    round_and_round += '  younger:\n    say: "You really do not."\n    to: young\n'
    found = broken(
        small(('  young:\n    say: "You do not need to tell the story."\n    to: review\n', round_and_round))
    )
    assert {"young", "younger"} <= set(found[DEAD])
    assert not {"limits", "story", "review", "receipt"} & set(found[DEAD])
    assert not {HELP, LEAVE, ORPHAN, BUTTON} & set(found)


def test_a_question_that_cannot_be_passed_is_found():
    book = small(("    skip: entity\n", "    skip: setting_aid\n"))
    node = book.nodes["setting_aid"]
    assert isinstance(node, Choose)
    found = broken(with_node(book, replace(node, skip=None)))
    assert found[PASS] == ("setting_aid",)
    assert found[SEND] == ("limits",)


def test_a_free_text_that_cannot_be_passed_is_found():
    node = small().nodes["story"]
    assert isinstance(node, Text)
    assert broken(with_node(small(), replace(node, skip="story")))[PASS] == ("story",)


def test_a_book_in_which_nothing_can_be_sent_without_an_answer_is_found():
    found = broken(small(("    skip: entity\n", "    skip: outside\n")))
    assert found == {SEND: ("limits",)}


def test_a_book_without_sending_is_found():
    found = broken(small(('send: {label: "Send", to: send}', 'send: {label: "Send", to: receipt}')))
    assert set(found) == {SEND, ORPHAN, OUTSIDE, NEAR}
    assert found[ORPHAN] == ("nobody", "send")


def test_a_call_that_would_be_tried_for_ever_is_found():
    assert broken(small(("nobody: nobody}", "nobody: send}")))[LOOP] == ("send",)


def test_forks_that_lead_only_to_each_other_are_found():
    found = broken(
        small(("      - {else: young}\n", "      - {else: age2}\n  age2:\n    decide:\n      - {else: age}\n"))
    )
    assert found[LOOP] == ("age", "age2")
    assert found[REST]


def test_erasing_for_ever_is_found():
    found = broken(small(("do: forget\n    to: under_18", "do: forget\n    to: erased")))
    assert found[LOOP] == ("erased",)


def test_free_text_that_is_not_sealed_is_found():
    node = small().nodes["story"]
    assert isinstance(node, Text)
    assert broken(with_node(small(), replace(node, seal=False))) == {SEAL: ("story",)}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("{else: young}", "{else: story}"),
        ('{under_18: ["no"]}', '{under_18: ["no", unsure]}'),
        ('{under_18: ["no"]}', '{under_18: ["yes"]}'),
        ('{under_18: ["no"]}', "{actor: [aid_worker, skipped]}"),
        ('"You do not need to tell the story."\n    to: review', '"You do not need to tell."\n    to: story'),
    ],
)
def test_somebody_under_18_who_would_be_asked_for_the_story_is_found(was, now):
    assert broken(small((was, now)))[YOUNG] == ("story",)


def test_a_story_that_nobody_is_asked_for_is_no_proof():
    found = broken(small(('{under_18: ["no"]}, to: story', '{under_18: ["no"]}, to: young')))
    assert found[YOUNG] == ()
    assert found[ORPHAN] == ("story",)


def test_a_report_about_somebody_outside_that_would_be_sent_is_found():
    found = broken(
        small(('other_person: {label: "They do not", to: outside}', 'other_person: {label: "No", to: entity}'))
    )
    assert found[OUTSIDE] == ("send",)
    found = broken(
        small(('leave: {label: "Leave", to: leaving}\n  entity', 'go: {label: "Go on", to: entity}\n  entity'))
    )
    assert found == {OUTSIDE: ("send",)}


def test_a_book_that_never_asks_who_did_it_is_no_proof():
    assert OUTSIDE in broken(
        small(
            ('{label: "They do not", to: outside}', '{label: "They do not", to: entity}'),
            ("actor: [aid_worker, other_person, unsure]", "actor: [aid_worker, somebody, unsure]"),
            ("      other_person:", "      somebody:"),
        )
    )


def test_a_counsellor_who_can_be_asked_for_only_after_sending_is_found():
    found = broken(
        small(
            ('talk: {label: "Ask for a counsellor", to: counsellor}', 'stay: {label: "Stay", to: asked}'),
            (
                '"Your number: {receipt}"\n    options:',
                '"Your number: {receipt}"\n    options:\n      talk: {label: "Talk", to: receipt, via: counsellor}',
            ),
        )
    )
    assert {"limits", "story", "review", "help_now"} <= set(found[REFER])
    assert not {"receipt", "counsellor"} & set(found[REFER])


def test_a_book_without_a_counsellor_is_found():
    book = small()
    calls = [node for node in book.nodes.values() if isinstance(node, Call) and node.call == "refer"]
    assert [node.name for node in calls] == ["ask"]
    found = broken(with_node(book, Decide("ask", (Rule((), "asked"),))))
    assert "limits" in found[REFER]


WISH = (
    ("  about: [sexual", "  gender: [any, woman]\n  about: [sexual"),
    ("    uses: [reach]\n", "    uses: [reach]\n    wishes: [gender]\n"),
    ('talk: {label: "Ask for a counsellor", to: counsellor}', 'talk: {label: "Ask for a counsellor", to: gender}'),
)


def gender(to: str) -> tuple[str, str]:
    """A question for a wish, which leads on to ``to``."""
    asked = f'    ask: "Who?"\n    options: {{any: "Anybody", woman: "A woman"}}\n    to: {to}\n    skip: {to}\n'
    return "  hold_on:\n", f"  gender:\n    choose: gender\n{asked}  hold_on:\n"


def test_a_wish_for_a_counsellor_may_be_asked_in_an_aside_and_only_there():
    allowed = {MAY: ("gender",)}  # this one is no question of ours
    assert broken(small(*WISH, gender("counsellor"))) == allowed
    on_path = ("    to: care\n    skip: care\n", "    to: gender\n    skip: gender\n")
    found = broken(small(*WISH[:2], on_path, gender("care")))
    assert found[PRIVATE] == ("gender",)


def test_words_for_a_counsellor_on_the_way_to_the_report_are_found():
    found = broken(small(("    to: care\n    skip: care\n", "    to: counsellor\n    skip: counsellor\n")))
    assert found[PRIVATE] == ("counsellor",)


def test_words_set_apart_on_the_way_to_the_report_are_found():
    book = small()
    names = book.nodes["names"]
    assert isinstance(names, Text)
    found = broken(with_node(book, replace(names, apart=True, consent=None)))
    assert found == {PRIVATE: ("names",)}


# --- what is told first, what is told at once, what is never asked ---


def test_a_conversation_that_asks_before_it_tells_the_limits_is_found():
    found = broken(small(("start: limits", "start: under_18")))
    assert found[ORPHAN] == ("limits",)
    assert set(found[LIMITS]) == {"story", "names", "also", "send"}


def test_limits_that_can_be_passed_by_are_found():
    ways = '    options:\n      go_on: {label: "Go on", to: under_18}\n      tell: {label: "Tell", to: limits2}\n'
    hello = '  limits:\n    say: "Hello. You can leave at any time: {leave}."\n    to: under_18\n'
    found = broken(
        small(
            ("start: limits", "start: before"),
            (hello, '  before:\n    say: "Hello."\n' + ways.replace("limits2", "limits") + hello),
        )
    )
    assert set(found) == {LIMITS}
    assert set(found[LIMITS]) == {"story", "names", "also", "send"}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("    to: care\n    skip: care\n", "    to: care\n    skip: names\n"),
        ("    to: care\n    skip: care\n", "    to: names\n    skip: care\n"),
        ('longer: "Longer ago"', 'longer: {label: "Longer ago", to: names}'),
    ],
    ids=["passed over", "any answer", "one answer"],
)
def test_a_time_after_which_health_information_is_not_shown_is_found(was, now):
    found = broken(small((was, now)))
    assert found == {CARE: ("elapsed",)}


def test_a_time_that_is_changed_without_health_information_is_found(monkeypatch):
    """The menu leads to the time once more; what comes after it is said again, unless the engine forgets that."""
    again = ('story: {label: "What I told", redo: story}', 'elapsed: {label: "When", redo: elapsed}')
    assert broken(small(again)) == {}
    monkeypatch.setattr("flows.step._said_again", lambda _book, state, _name: state)
    assert broken(small(again)) == {CARE: ("elapsed",)}


def test_a_book_that_never_asks_when_is_no_proof():
    found = broken(small(("    to: elapsed\n    skip: elapsed\n", "    to: names\n    skip: names\n")))
    assert found[CARE] == ()
    assert found[ORPHAN] == ("care", "elapsed")


@pytest.mark.parametrize(
    ("was", "now", "lost"),
    [
        ("self_harm: hold_on", "self_harm: erased", "hold_on"),
        ("worried: worried", "worried: ask", None),
        ("danger: danger_heard", "danger: leaving", "danger_heard"),
    ],
)
def test_words_of_distress_that_are_not_answered_are_found(was, now, lost):
    found = broken(small((was, now)))
    if lost:
        assert {"limits", "story", "review", "receipt"} <= set(found[DISTRESS])
        assert found[ORPHAN] == (lost,)
    else:
        assert found[ORPHAN] == ("worried",)


def chain(length: int) -> tuple[str, str]:
    """So many statements before the question after which one can go to the end."""
    words = [f'  step{i}:\n    say: "And {i}."\n    to: step{i + 1}\n' for i in range(length - 1)]
    last = f'  step{length - 1}:\n    say: "The last."\n    to: under_18\n'
    return "  under_18:\n    choose: under_18\n", "".join(words) + last + "  under_18:\n    choose: under_18\n"


@pytest.mark.parametrize(("length", "found"), [(4, {}), (5, {NEAR: ("limits",)})])
def test_a_conversation_too_long_for_somebody_who_cannot_stay_is_found(length, found):
    """The way is: go on, the statements, the age, to the end, send."""
    to = ('{leave}."\n    to: under_18', '{leave}."\n    to: step0')
    assert (length + 4 > MOST_ACTIONS) == bool(found)
    assert broken(small(to, chain(length))) == found


def test_a_question_that_may_not_be_asked_is_found():
    assert broken(small(("text: also", "text: telephone"))) == {MAY: ("telephone",)}
    assert broken(small(("  about: [sexual", "  religion: [sexual"), ("choose: about", "choose: religion")))[MAY] == (
        "religion",
    )


def test_sending_that_an_aside_leads_to_is_found():
    """Help is first met where nothing was answered yet; who sends from it may have told of somebody outside."""
    found = broken(
        small(('talk: {label: "Ask for a counsellor"', 'send: {label: "Send", to: send}\n      talk: {label: "C"'))
    )
    assert "send" in found[OUTSIDE]


RETURNING = (
    ('talk: {label: "Ask for a counsellor"', 'number: {label: "A number", to: number}\n      talk: {label: "C"'),
    ("  danger: danger_heard", "  danger: danger_heard\n  number: number"),
    (
        "nodes:\n",
        """nodes:
  number:
    text: number
    seal: true
    once: true
    ask: "Your number?"
    to: look
    skip: "@return"
  look:
    call: open_number
    uses: [number]
    outcomes: {opened: case_home, wrong: "@return", wait: "@return", ended: "@return"}
    forgets: [opened, wrong, wait, ended]
  case_home:
    say: "This has become of it: {case}"
    options:
      close: {label: "Close", to: "@return"}
""",
    ),
)


def test_a_book_in_which_somebody_can_come_back_keeps_one_promise_more():
    proofs = prove(small(*RETURNING))
    assert tuple(proof.promise for proof in proofs.proofs) == (*PROMISES, CASE)
    assert proofs.hold


def test_a_case_that_is_shown_without_its_number_is_found():
    planted = ('talk: {label: "C"', 'peek: {label: "Look", to: case_home}\n      talk: {label: "C"')
    assert broken(small(*RETURNING, planted)) == {CASE: ("help_now",)}
