"""Settings: where they come from, which one wins, and complaints that name a setting and never its value."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.settings import SettingsError, load

TOKEN, OTHER = "700000001:AAreporter-fake", "700000002:AAstaff-fake"
SECRET = "a-long-enough-secret"
CANARY = "canary7f3a"


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """No setting from outside, and an empty working directory."""
    for name in list(os.environ):
        if name.upper().startswith("LINNET_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_there_is_a_default_for_each():
    settings = load()
    assert settings.database_url == "sqlite:///var/linnet.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.draft_hours == 72
    assert settings.telegram_api == "https://api.telegram.org"
    assert settings.reporter_token is settings.staff_token is settings.webhook_url is settings.care is None
    assert settings.log_level == "INFO"


def test_what_is_given_wins_over_the_environment_and_that_over_the_file(monkeypatch):
    Path("linnet.toml").write_text('http = "0.0.0.0:1"\ndraft_hours = 5\nleave_to = "https://file.example/"\n')
    monkeypatch.setenv("LINNET_HTTP", "0.0.0.0:2")
    monkeypatch.setenv("LINNET_DRAFT_HOURS", "6")
    settings = load(http="0.0.0.0:3")
    assert settings.port == 3
    assert settings.draft_hours == 6
    assert settings.leave_to == "https://file.example/"


def test_the_file_may_be_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "elsewhere.toml").write_text("draft_hours = 9\n")
    Path("linnet.toml").write_text("draft_hours = 5\n")
    monkeypatch.setenv("LINNET_CONFIG", str(tmp_path / "elsewhere.toml"))
    assert load().draft_hours == 9


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv("LINNET_REPORTER_TOKEN", "")
    monkeypatch.setenv("LINNET_HTTP", "")
    settings = load()
    assert settings.reporter_token is None
    assert settings.port == 8080


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("localhost:0", "localhost", 0), ("[::1]:8443", "::1", 8443), ("linnet.example:65535", "linnet.example", 65535)],
)
def test_an_address_is_a_host_and_a_port(address, host, port):
    settings = load(http=address)
    assert (settings.host, settings.port) == (host, port)


BAD = [
    ("http", "8080"),
    ("http", "localhost"),
    ("http", "localhost:65536"),
    ("http", "localhost:99999999"),
    ("http", "a b:80"),
    ("http", "::1:80"),
    ("telegram_api", "ftp://x"),
    ("telegram_api", "x"),
    ("leave_to", "javascript:alert(1)"),
    ("leave_to", "https://x/; url=y"),
    ("leave_to", 'https://x/"onload'),
    ("public_origin", "x.example"),
    ("webhook_url", "//x"),
    ("reporter_token", CANARY),
    ("reporter_token", f"1:{CANARY} "),
    ("staff_token", f":{CANARY}"),
    ("webhook_secret", "short"),
    ("webhook_secret", f"{CANARY} with spaces"),
    ("webhook_secret", "é" * 20),
    ("draft_hours", "0"),
    ("draft_hours", "721"),
    ("draft_hours", CANARY),
    ("log_level", CANARY),
    ("log_level", "info"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_malformed_setting_is_refused_by_name_and_its_value_is_not_said(monkeypatch, name, value):
    monkeypatch.setenv(f"LINNET_{name.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load()
    said = str(caught.value)
    assert said.startswith(f"LINNET_{name.upper()}: ")
    assert "\n" not in said
    assert CANARY not in said
    assert value not in said.removeprefix(f"LINNET_{name.upper()}: must be ") or value == "info"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__, "the library's own error quotes the value"


def test_every_fault_is_named_in_one_line(monkeypatch):
    monkeypatch.setenv("LINNET_HTTP", "x")
    monkeypatch.setenv("LINNET_DRAFT_HOURS", "x")
    with pytest.raises(SettingsError, match=r"^LINNET_HTTP: .+; LINNET_DRAFT_HOURS: [^\n]+$"):
        load()


def test_a_webhook_needs_its_secret():
    with pytest.raises(SettingsError, match="webhook_secret is required"):
        load(webhook_url="https://linnet.example")
    assert load(webhook_url="https://linnet.example", webhook_secret=SECRET).webhook_secret is not None


def test_the_two_bots_are_two():
    with pytest.raises(SettingsError, match="two different bots"):
        load(reporter_token=TOKEN, staff_token=TOKEN)
    assert load(reporter_token=TOKEN, staff_token=OTHER).staff_token is not None


def test_secrets_do_not_show():
    settings = load(reporter_token=TOKEN, staff_token=OTHER, webhook_url="https://x.example", webhook_secret=SECRET)
    for shown in (repr(settings), str(settings), f"{settings.model_dump()}"):
        for secret in (TOKEN, OTHER, SECRET):
            assert secret not in shown


def test_a_broken_file_is_one_line_without_its_contents():
    Path("linnet.toml").write_text(f'reporter_token = "{CANARY}\n')
    with pytest.raises(SettingsError, match=r"^the settings file cannot be read: TOMLDecodeError$") as caught:
        load()
    assert CANARY not in str(caught.value)


def test_a_file_that_was_named_and_is_not_there_is_a_fault(monkeypatch):
    monkeypatch.setenv("LINNET_CONFIG", "nowhere.toml")
    with pytest.raises(SettingsError, match="the settings file"):
        load()


def test_a_wrong_type_in_the_file_is_a_fault_of_its_setting():
    Path("linnet.toml").write_text("http = 8080\n")
    with pytest.raises(SettingsError, match=r"^LINNET_HTTP: "):
        load()


FROM = "no-reply@desk.example"


@pytest.mark.parametrize(
    ("smtp", "tls", "server"),
    [
        ("mx.example:2525", None, ("mx.example", 2525, "starttls")),
        ("smtp://mx.example", None, ("mx.example", 587, "starttls")),
        ("smtps://mx.example/", None, ("mx.example", 465, "tls")),
        ("smtp://mx.example:25", "off", ("mx.example", 25, "none")),
        ("localhost:25", None, ("localhost", 25, "none")),
        ("[::1]:25", None, ("::1", 25, "none")),
        ("127.0.0.53:25", None, ("127.0.0.53", 25, "none")),
        ("localhost:25", "required", ("localhost", 25, "starttls")),
        ("smtps://localhost", None, ("localhost", 465, "tls")),
    ],
)
def test_mail_is_encrypted_unless_it_stays_on_this_machine(smtp, tls, server):
    found = load(smtp=smtp, smtp_from=FROM, smtp_tls=tls).mail_server
    assert (found.host, found.port, found.protection) == server
    assert found.exposed is (tls == "off")


@pytest.mark.parametrize(
    "given",
    [
        {"smtp": f"smtp://linnet:{CANARY}@mx.example:587", "smtp_from": FROM},
        {"smtp": f"{CANARY}", "smtp_from": FROM},
        {"smtp": f"http://{CANARY}:25", "smtp_from": FROM},
        {"smtp": "mx.example:0", "smtp_from": FROM},
        {"smtp": "mx.example:99999", "smtp_from": FROM},
        {"smtp": "mx.example:25"},
        {"smtp": "mx.example:25", "smtp_from": f"{CANARY} <a@desk.example>"},
        {"smtp": "mx.example:25", "smtp_from": f"{CANARY}@x.example\r\nBcc: b@x.example"},
        {"smtp": "mx.example:25", "smtp_from": FROM, "smtp_user": "linnet"},
        {"smtp": "mx.example:25", "smtp_from": FROM, "smtp_password": CANARY},
        {
            "smtp": "mx.example:25",
            "smtp_from": FROM,
            "smtp_tls": "off",
            "smtp_user": "linnet",
            "smtp_password": CANARY,
        },
        {"smtp": "smtps://mx.example", "smtp_from": FROM, "smtp_tls": "off"},
        {"smtp_from": FROM},
        {"smtp_user": "linnet", "smtp_password": CANARY},
    ],
)
def test_mail_settings_that_would_not_do_are_refused_without_repeating_them(given):
    with pytest.raises(SettingsError) as refused:
        load(**given)
    assert "smtp" in str(refused.value).lower()
    assert CANARY not in str(refused.value)


def test_nothing_of_the_mail_server_shows_in_the_settings():
    given = {"smtp": "canary.example:25", "smtp_from": f"{CANARY}@desk.example"}
    settings = load(**given, smtp_user=CANARY, smtp_password=CANARY)
    assert "canary" not in repr(settings).lower()
