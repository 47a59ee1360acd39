import json
from collections.abc import Callable
from typing import Any

import pytest

from coach.web.outbox import MAX_BYTES, MAX_ITEMS, MAX_PER_MINUTE, _Rate
from tests.support.http import Answer, ask, home_cookie
from tests.support.patients import desk_in
from tests.support.server import AppServer

ITEM = {
    "id": "0192f0c4-0000-7000-8000-000000000001",
    "kind": "set_done",
    "session": "0192f0c4-0000-7000-8000-000000000000",
    "age_ms": 1200,
    "estimated": False,
    "payload": {},
}


def body(*items: object, owner: object = "nobody", **more: object) -> bytes:
    return json.dumps({"owner": owner, "items": list(items), **more}).encode()


def headers(server: AppServer, **changed: str | None) -> dict[str, str]:
    own = {
        "Cookie": home_cookie(server),
        "Origin": server.url,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
    }
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in {**own, **named}.items() if value is not None}


@pytest.fixture(scope="module")
def post(house: AppServer) -> Callable[..., Answer]:
    def send(content: bytes, **changed: str | None) -> Answer:
        return ask(house, "/api/outbox", method="POST", headers=headers(house, **changed), body=content)

    return send


def assert_refused(answer: Answer, status: int) -> None:
    assert answer.status == status, answer.body
    said = json.loads(answer.body)["error"]
    assert said.endswith(".")
    assert "Traceback" not in said
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_outbox_only_takes(house: AppServer, method: str):
    assert_refused(ask(house, "/api/outbox", method=method, headers=headers(house)), 405)


@pytest.mark.parametrize("cookie", [None, "", "coach-home=x", '"', "a=b; c"])
def test_a_browser_without_the_homes_cookie_is_refused(post, cookie: str | None):
    assert_refused(post(body(ITEM), Cookie=cookie), 403)


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1", "ftp://x", "http://["],
)
def test_a_foreign_page_is_refused(post, origin: str | None):
    assert_refused(post(body(ITEM), Origin=origin), 403)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_request_that_the_browser_calls_foreign_is_refused(post, site: str):
    assert_refused(post(body(ITEM), Sec_Fetch_Site=site), 403)


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]
)
def test_what_a_foreign_form_could_send_is_refused(post, kind: str | None):
    assert_refused(post(body(ITEM), Content_Type=kind), 415)


def test_a_body_that_is_too_long_is_refused(post):
    assert_refused(post(body({**ITEM, "payload": {"text": "x" * MAX_BYTES}})), 413)


def test_too_many_items_are_refused(post):
    assert_refused(post(body(*[ITEM] * (MAX_ITEMS + 1))), 413)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"owner": "a", "items": {}}',
        b'{"owner": 1, "items": []}',
        b'{"owner": "", "items": []}',
        b'{"items": []}',
        b'{"owner": "a", "items": [], "more": 1}',
        body(ITEM).replace(b"1200", b"NaN"),
        b'{"owner": "a", "items": [' + b"9" * 5000 + b"]}",
    ],
)
def test_what_is_not_in_the_agreed_form_is_refused(post, content: bytes):
    assert_refused(post(content), 400)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": 1},
        {"id": ""},
        {"kind": None},
        {"session": []},
        {"age_ms": -1},
        {"age_ms": True},
        {"age_ms": "5"},
        {"age_ms": 1e999},
        {"estimated": 0},
        {"payload": "x"},
        {"surplus": 1},
    ],
    ids=str,
)
def test_an_item_with_a_wrong_field_is_refused_and_named(post, wrong: dict[str, Any]):
    answer = post(body(ITEM, {**ITEM, **wrong}))
    assert_refused(answer, 400)
    if wrong != {"age_ms": 1e999}:
        assert json.loads(answer.body)["item"] == 1


@pytest.mark.parametrize("missing", sorted(ITEM))
def test_an_item_without_a_field_is_refused(post, missing: str):
    assert_refused(post(body({name: value for name, value in ITEM.items() if name != missing})), 400)


def test_somebody_elses_items_are_refused(post):
    assert_refused(post(body(ITEM, owner="somebody else")), 409)


def test_an_id_with_half_a_letter_is_answered_and_never_asked_for_again(app_server, tmp_path):
    patient = desk_in(tmp_path / "home")
    server = app_server(home=tmp_path / "home")
    content = body({**ITEM, "id": "\ud800"}, owner=str(patient.patient))
    answer = ask(server, "/api/outbox", method="POST", headers=headers(server), body=content)
    assert answer.status == 200, answer.body
    assert answer.headers["x-frame-options"] == "DENY"
    [refused] = json.loads(answer.body)["refused"]
    assert refused["id"] == "\ud800"


def test_a_minute_has_a_limit_and_passes():
    rate = _Rate()
    assert all(rate.admits(0.5) for _ in range(MAX_PER_MINUTE))
    assert not rate.admits(60.4)
    assert rate.admits(60.5)


def test_requests_beyond_the_limit_are_refused(app_server):
    server = app_server()
    sent = headers(server)
    answers = [
        ask(server, "/api/outbox", method="POST", headers=sent, body=b"{}").status
        for _ in range(MAX_PER_MINUTE + 1)
    ]
    assert answers == [400] * MAX_PER_MINUTE + [429]


def test_a_fault_behind_the_outbox_is_not_told(app_server, tmp_path):
    broken = tmp_path / "home"
    broken.mkdir()
    (broken / "coach.sqlite3").write_text("canary-Ada is no database")
    server = app_server(home=broken)
    answer = ask(server, "/api/outbox", method="POST", headers=headers(server), body=body(ITEM))
    assert_refused(answer, 503)
    assert b"sqlite" not in answer.body.lower()
    assert "canary-Ada" not in server.log()
