"""The table itself, and the check of single calls: what passes, and what is named as wrong."""

import json

import pytest

from tests.fakes import methods
from tests.fakes.methods import Upload

BUTTON = {"text": "Yes", "callback_data": "y"}


def faults(method, params, *, uploads=None, form=False):
    _, found = methods.check(method, params, uploads or {}, form=form)
    return [(fault.where, fault.why) for fault in found]


def message(**more):
    return {"chat_id": 1, "text": "hello", **more}


def test_every_type_in_the_table_is_known():
    table = methods.table()
    known = {*table["types"], *table["words"], "Integer", "Boolean", "String", "True", "InputFile"}
    for rules in (*table["methods"].values(), *table["types"].values()):
        for rule in rules.values():
            for part in rule.kind.replace("Array of ", "").split(" or "):
                assert part in known


@pytest.mark.parametrize(
    "more",
    [
        {"parse_mode": "HTML"},
        {"disable_notification": True},
        {"reply_markup": {"inline_keyboard": [[BUTTON]]}},
        {"reply_markup": json.dumps({"inline_keyboard": [[BUTTON]]})},
        {"reply_markup": {"remove_keyboard": True}},
        {"reply_markup": {"force_reply": True}},
        {"reply_markup": {"keyboard": [[{"text": "Yes"}]]}},
        {"link_preview_options": {"is_disabled": True}},
        {"entities": [{"type": "bold", "offset": 0, "length": 5}]},
    ],
)
def test_right_parameters_pass(more):
    assert faults("sendMessage", message(**more)) == []


@pytest.mark.parametrize(
    ("more", "where", "why"),
    [
        ({"txt": "hello"}, "txt", "unknown"),
        ({"disable_web_page_preview": True}, "disable_web_page_preview", "unknown"),
        ({"text": None}, "text", "missing"),
        ({"text": 7}, "text", "not of type String"),
        ({"chat_id": 1.5}, "chat_id", "not of type Integer or String"),
        ({"chat_id": True}, "chat_id", "not of type Integer or String"),
        ({"disable_notification": "true"}, "disable_notification", "not of type Boolean"),
        ({"parse_mode": "html"}, "parse_mode", "not of type ParseMode"),
        ({"parse_mode": "MarkdownV2"}, "parse_mode", "not of type ParseMode"),
        ({"entities": [{"type": "loud", "offset": 0, "length": 1}]}, "entities[0].type", "not of type EntityKind"),
        ({"entities": [{"type": "bold", "offset": 0}]}, "entities[0].length", "missing"),
        ({"link_preview_options": {"disabled": True}}, "link_preview_options.disabled", "unknown"),
    ],
)
def test_wrong_parameters_are_named(more, where, why):
    assert (where, why) in faults("sendMessage", message(**more))


@pytest.mark.parametrize(
    "keyboard",
    [
        [BUTTON],
        [["Yes"]],
        [[{"callback_data": "y"}]],
        [[{**BUTTON, "callbackData": "y"}]],
        [[{**BUTTON, "callback_data": ""}]],
        [[{**BUTTON, "callback_data": "é" * 33}]],
        [[{**BUTTON, "callback_data": 5}]],
        {"text": "Yes"},
        "[[",
    ],
)
def test_a_misshapen_keyboard_is_refused(keyboard):
    assert faults("sendMessage", message(reply_markup={"inline_keyboard": keyboard})) != []


def test_callback_data_counts_in_bytes():
    keyboard = [[{**BUTTON, "callback_data": "é" * 32}]]
    assert faults("sendMessage", message(reply_markup={"inline_keyboard": keyboard})) == []


@pytest.mark.parametrize("markup", [{}, {"keyboard": []}, {"remove_keyboard": False}, [], "yes", {"rows": []}])
def test_a_reply_markup_of_no_known_kind_is_refused(markup):
    assert faults("sendMessage", message(reply_markup=markup)) != []


def test_an_edit_takes_no_reply_keyboard():
    edit = {"chat_id": 1, "message_id": 2, "text": "t", "reply_markup": {"keyboard": [[{"text": "Yes"}]]}}
    assert ("reply_markup.keyboard", "unknown") in faults("editMessageText", edit)


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"offset": "5", "timeout": "0"}, False),
        ({"offset": "-1", "allowed_updates": '["message", "callback_query"]'}, False),
        ({"offset": "five"}, True),
        ({"limit": "0"}, True),
        ({"limit": "101"}, True),
        ({"timeout": "51"}, True),
        ({"allowed_updates": '["messages"]'}, True),
        ({"allowed_updates": "message"}, True),
    ],
)
def test_a_forms_strings_are_read_by_type(params, wrong):
    assert bool(faults("getUpdates", params, form=True)) is wrong


def test_a_form_gives_typed_values():
    typed, found = methods.check(
        "answerCallbackQuery", {"callback_query_id": "17", "show_alert": "true"}, {}, form=True
    )
    assert (typed, found) == ({"callback_query_id": "17", "show_alert": True}, ())


@pytest.mark.parametrize(("length", "wrong"), [(0, False), (200, False), (201, True)])
def test_the_answer_to_a_tap_is_short(length, wrong):
    answer = {"callback_query_id": "1", "text": "x" * length}
    assert bool(faults("answerCallbackQuery", answer)) is wrong


@pytest.mark.parametrize(("count", "wrong"), [(0, True), (1, False), (100, False), (101, True)])
def test_many_messages_are_at_most_a_hundred(count, wrong):
    many = {"chat_id": 1, "message_ids": list(range(count))}
    assert bool(faults("deleteMessages", many)) is wrong


def test_files_come_as_a_part_or_by_attachment():
    file = Upload("r.bin", b"x", "application/octet-stream")
    for params, uploads in (({}, {"document": file}), ({"document": "attach://k"}, {"k": file})):
        typed, found = methods.check("sendDocument", {"chat_id": "1", **params}, uploads, form=True)
        assert found == ()
        assert typed["document"] is file


@pytest.mark.parametrize(
    ("params", "uploads"),
    [
        ({"document": "attach://other"}, ["k"]),
        ({"document": "file-1"}, ["k"]),
        ({}, []),
        ({"document": ""}, []),
    ],
)
def test_files_that_do_not_match_are_refused(params, uploads):
    parts = {name: Upload("r.bin", b"x", "text/plain") for name in uploads}
    assert faults("sendDocument", {"chat_id": "1", **params}, uploads=parts, form=True) != []
