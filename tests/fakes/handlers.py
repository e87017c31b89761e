"""What each method does, as one table from its name to a function."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.bots import Answer, FakeBot, private_chat
from tests.fakes.chats import Chat, Document
from tests.fakes.errors import BreachError, bad, breach
from tests.fakes.markup import parse_caption, parse_text
from tests.fakes.methods import Upload

_DOWNLOAD_LIMIT = 20 * 1024 * 1024
_ROW_LIMIT = 8
_KEYBOARD_LIMIT = 100
_ACTIONS = ("callback_data", "url", "copy_text")
Params = Mapping[str, Any]
Handler = Callable[[FakeBot, Params], object]


def get_me(bot: FakeBot, _: Params) -> object:
    """The bot itself."""
    can = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    more = ("can_connect_to_business", "has_main_web_app")
    return {**bot.user(), **dict.fromkeys(can + more, False)}


def log_out(bot: FakeBot, _: Params) -> object:
    """Ends the bot's work with this server."""
    bot.logged_out = True
    return True


def close(_: FakeBot, __: Params) -> object:
    """Closes the instance; nothing of it is left open here."""
    return True


def send_message(bot: FakeBot, params: Params) -> object:
    """Puts a text into a chat."""
    text = parse_text(params)
    markup = _markup(params)
    chat = bot.open_chat(params["chat_id"])
    sent = chat.add(from_bot=True, text=text.value, entities=text.entities, reply_to=_reply(chat, params), **markup)
    _show_reply_keyboard(chat, params)
    return bot.message(chat, sent)


def send_document(bot: FakeBot, params: Params) -> object:
    """Puts a file into a chat."""
    caption = parse_caption(params)
    markup = _markup(params)
    chat = bot.open_chat(params["chat_id"])
    document = _document(bot, params["document"])
    sent = chat.add(
        from_bot=True,
        text=caption.value,
        entities=caption.entities,
        document=document,
        reply_to=_reply(chat, params),
        **markup,
    )
    _show_reply_keyboard(chat, params)
    return bot.message(chat, sent)


def send_chat_action(bot: FakeBot, params: Params) -> object:
    """Shows "typing" for a while."""
    bot.open_chat(params["chat_id"]).actions.append(params["action"])
    return True


def edit_message_text(bot: FakeBot, params: Params) -> object:
    """Replaces text and keyboard; without a keyboard the old one goes."""
    text = parse_text(params)
    keyboard = _keyboard(params.get("reply_markup"))
    chat = bot.open_chat(params["chat_id"])
    if chat.editable(params["message_id"]).document:
        raise bad("there is no text in the message to edit")
    edited = chat.edit(params["message_id"], text=text.value, entities=text.entities, keyboard=keyboard)
    return bot.message(chat, edited)


def edit_message_caption(bot: FakeBot, params: Params) -> object:
    """Replaces caption and keyboard of a document."""
    text = parse_caption(params)
    keyboard = _keyboard(params.get("reply_markup"))
    chat = bot.open_chat(params["chat_id"])
    if not chat.editable(params["message_id"]).document:
        raise bad("there is no caption in the message to edit")
    edited = chat.edit(params["message_id"], text=text.value, entities=text.entities, keyboard=keyboard)
    return bot.message(chat, edited)


def edit_message_reply_markup(bot: FakeBot, params: Params) -> object:
    """Replaces or removes the keyboard."""
    chat = bot.open_chat(params["chat_id"])
    edited = chat.edit(params["message_id"], keyboard=_keyboard(params.get("reply_markup")))
    return bot.message(chat, edited)


def delete_message(bot: FakeBot, params: Params) -> object:
    """Removes one message, the bot's or the person's."""
    bot.find_chat(params["chat_id"]).delete(params["message_id"], "bot")
    return True


def delete_messages(bot: FakeBot, params: Params) -> object:
    """Removes many messages, or none."""
    bot.find_chat(params["chat_id"]).delete_many(params["message_ids"], "bot")
    return True


def answer_callback_query(bot: FakeBot, params: Params) -> object:
    """Stops a button from spinning."""
    answer = Answer(params.get("text", ""), params.get("show_alert", False))
    bot.answer(params["callback_query_id"], answer)
    return True


def get_file(bot: FakeBot, params: Params) -> object:
    """Prepares a file for download."""
    document = bot.files.get(params["file_id"])
    if document is None:
        raise bad("invalid file_id")
    if len(document.content) > _DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return {
        "file_id": document.file_id,
        "file_unique_id": f"u{document.file_id}",
        "file_size": len(document.content),
        "file_path": f"documents/{document.file_id}",
    }


def get_chat(bot: FakeBot, params: Params) -> object:
    """A chat in full."""
    chat = bot.find_chat(params["chat_id"])
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **private_chat(bot.people[chat.chat_id]),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def _setter(kind: str, value: str) -> Handler:
    def keep(bot: FakeBot, params: Params) -> object:
        bot.profile[_place(kind, params)] = params.get(value)
        return True

    return keep


def _getter(kind: str, value: str, default: Any) -> Handler:
    def read(bot: FakeBot, params: Params) -> object:
        kept = bot.profile.get(_place(kind, params)) or default
        return {value: kept} if isinstance(default, str) else kept

    return read


def _forget_commands(bot: FakeBot, params: Params) -> object:
    bot.profile.pop(_place("commands", params), None)
    return True


def _place(kind: str, params: Params) -> tuple[str, ...]:
    scope = json.dumps(params.get("scope") or {"type": "default"}, sort_keys=True)
    return (kind, scope, params.get("language_code", ""), str(params.get("chat_id", "")))


def _markup(params: Params) -> dict[str, Any]:
    markup = params.get("reply_markup")
    inline = markup is not None and "inline_keyboard" in markup
    if inline:
        return {"keyboard": _keyboard(markup)}
    return {"reply_keyboard": markup is not None}


def _keyboard(markup: dict[str, Any] | None) -> tuple[tuple[dict[str, Any], ...], ...]:
    rows = [row for row in (markup or {}).get("inline_keyboard", []) if row]
    for button in (button for row in rows for button in row):
        if sum(action in button for action in _ACTIONS) != 1:
            raise breach("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if "url" in button and not _reachable(button["url"]):
            raise breach(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL specified")
    if any(len(row) > _ROW_LIMIT for row in rows) or sum(map(len, rows)) > _KEYBOARD_LIMIT:
        raise breach("fake server: more than 8 buttons in a row or 100 in a keyboard")
    return tuple(tuple(row) for row in rows)


def _reachable(url: str) -> bool:
    # A phone cannot open an address of the server's own machine, and Telegram refuses such buttons.
    parts = urlsplit(url)
    return parts.scheme == "tg" or (parts.scheme in {"http", "https"} and "." in (parts.hostname or ""))


def _show_reply_keyboard(chat: Chat, params: Params) -> None:
    markup = params.get("reply_markup") or {}
    if "keyboard" in markup:
        chat.reply_keyboard = tuple(tuple(key["text"] for key in row) for row in markup["keyboard"])
    elif "remove_keyboard" in markup:
        chat.reply_keyboard = ()


def _reply(chat: Chat, params: Params) -> int | None:
    reply = params.get("reply_parameters")
    if reply is None:
        return None
    if chat.find(reply["message_id"]):
        return int(reply["message_id"])
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _document(bot: FakeBot, given: Upload | str) -> Document:
    if isinstance(given, str):
        if given not in bot.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return bot.files[given]
    if not given.name or set(given.name) & set('/\\"') or not given.name.isprintable():
        raise breach("fake server: a document needs a plain file name")
    if not given.content:
        raise bad("file must be non-empty")
    if len(given.content) > bot.world.upload_limit:
        raise BreachError(413, "Request Entity Too Large")
    return bot.keep_file(given.name, given.mime, given.content)


HANDLERS: dict[str, Handler] = {
    "getMe": get_me,
    "logOut": log_out,
    "close": close,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "getFile": get_file,
    "getChat": get_chat,
    "setMyCommands": _setter("commands", "commands"),
    "getMyCommands": _getter("commands", "commands", []),
    "deleteMyCommands": _forget_commands,
    "setMyName": _setter("name", "name"),
    "getMyName": _getter("name", "name", ""),
    "setMyDescription": _setter("description", "description"),
    "getMyDescription": _getter("description", "description", ""),
    "setMyShortDescription": _setter("short_description", "short_description"),
    "getMyShortDescription": _getter("short_description", "short_description", ""),
    "setChatMenuButton": _setter("menu_button", "menu_button"),
    "getChatMenuButton": _getter("menu_button", "menu_button", {"type": "default"}),
}
