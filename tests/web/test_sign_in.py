"""The pages around signing in, asked from outside: who is let in, what is answered, what is never told."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pyotp
import pytest

from coach.desk.access import known_devices
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import SignIns, Stage
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.records.database.schema import account, attempt, sign_in
from coach.records.entries.metadata import Metadata
from coach.web.middleware import _is_near
from coach.web.outbox import MAX_PER_MINUTE
from coach.web.sign_in import NOBODY
from tests.support.clinic_team import (
    OPERATOR,
    PASSWORD,
    clinic,
    patient,
    patient_with_password,
    physiotherapist,
    team,
)
from tests.support.http import Answer, ask
from tests.support.server import BEHIND_ENCRYPTION, AppServer

pytestmark = pytest.mark.slow

ITEM: dict[str, object] = {
    "id": "0192f0c4-0000-7000-8000-000000000001",
    "kind": "set_done",
    "session": "0192f0c4-0000-7000-8000-000000000000",
    "age_ms": 1200,
    "estimated": False,
    "payload": {},
}
INSIDE = ("/", "/caseload", "/review", "/any/page", "/?patient=1")


@dataclass(frozen=True)
class Place:
    """A clinic's server, and the same record seen from the test."""

    server: AppServer
    installation: Installation
    team: UUID
    ada: UUID
    login: str
    secret: str

    def send(self, path: str, fields: dict[str, str] | bytes, **changed: str | None) -> Answer:
        own: dict[str, str | None] = {
            "Origin": self.server.url,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        named = {name.replace("_", "-"): value for name, value in changed.items()}
        headers = {name: value for name, value in {**own, **named}.items() if value is not None}
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return ask(self.server, path, method="POST", headers=headers, body=body)

    def enter(self) -> str:
        """Return the cookie of Ada, who has signed in."""
        answer = self.send("/sign-in", {"login": self.login, "password": PASSWORD})
        assert answer.status == 303, answer.body
        return cookie(answer)


def cookie(answer: Answer) -> str:
    """Return the session's cookie as a browser sends it back."""
    return (answer.headers["set-cookie"] or "").partition(";")[0]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("clinic")
    installation = clinic(folder)
    Metadata(installation.store).say("mode", "clinic")
    spine = team(installation)
    ada = patient(installation, spine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(folder))
        login = patient_with_password(installation, ada)
        _key, secret = physiotherapist(installation, spine)
    server = AppServer(folder, env={"COACH_MODE": "clinic"}).start()
    yield Place(server, installation, spine, ada, login, secret)
    server.stop()


@pytest.fixture(autouse=True)
def untried(place: Place):
    """No test waits because of the tries of another."""
    with place.installation.store.writing() as connection:
        connection.execute(attempt.delete())


# who gets the document


@pytest.mark.parametrize("path", INSIDE)
@pytest.mark.parametrize("carried", ["", "x=y", "__Host-coach=guess", '"'])
def test_nobody_gets_a_page_of_the_app_without_signing_in(place: Place, path: str, carried: str):
    answer = ask(place.server, path, headers={"Cookie": carried})
    assert answer.status == 303
    assert answer.headers["location"] == "/sign-in"
    assert answer.body == b""
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/signed-out", "/sign-out"])
def test_the_plain_pages_are_for_everybody(place: Place, path: str):
    answer = ask(place.server, path)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    text = answer.body.decode()
    assert '<html lang="en" dir="ltr">' in text
    assert text.count("<h1>") == 1
    assert (NOBODY in text) == (path != "/sign-out"), "there somebody is signed in"
    assert "script>" not in re.sub(r'<script( type="module")? src="/coach-assets/[^"]+"></script>', "", text)
    for field in re.findall(r"<input id=\"(\w+)\"[^>]*>", text):
        assert f'<label for="{field}">' in text


@pytest.mark.parametrize("path", ["/sign-in/second"])
def test_nobody_is_asked_for_a_code_before_the_password(place: Place, path: str):
    answer = ask(place.server, path)
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?ended=1")
    answer = place.send(path, {"code": "123456"})
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?ended=1")


def test_a_patient_signs_in_and_gets_the_document(place: Place):
    answer = place.send("/sign-in", {"login": place.login.upper(), "password": PASSWORD})
    assert (answer.status, answer.headers["location"]) == (303, "/")
    set_ = answer.headers["set-cookie"]
    name, _is, value = set_.partition(";")[0].partition("=")
    assert re.fullmatch(r"coach-[0-9a-f]{12}", name)
    assert len(value) == 43
    assert {part.strip() for part in set_.split(";")[1:]} == {"HttpOnly", "SameSite=Strict", "Path=/"}
    held = {"Cookie": f"{name}={value}"}
    assert ask(place.server, "/", headers=held).status == 200
    assert ask(place.server, "/api/signed-in", headers=held).status == 204
    assert ask(place.server, "/api/signed-in").status == 401


def test_the_device_is_known_again_and_lets_nobody_in_by_itself(place: Place):
    answer = place.send("/sign-in", {"login": place.login, "password": PASSWORD})
    _session, device = answer.headers.get_all("set-cookie") or []
    name, _is, value = device.partition(";")[0].partition("=")
    assert re.fullmatch(r"coach-[0-9a-f]{12}-device", name)
    rest = {part.strip() for part in device.split(";")[1:]}
    assert rest == {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=34560000"}
    account = place.installation.accounts.of_patient(place.ada)
    assert account
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(place.server.home))
        assert known_devices.known(value, account.id, now=clock.now())
    assert ask(place.server, "/", headers={"Cookie": f"{name}={value}"}).status == 303
    # It outlives signing out, and strangers who try the same name use up none of its tries.
    left = place.send("/sign-out", {}, Cookie=f"{cookie(answer)}; {name}={value}")
    assert not [each for each in left.headers.get_all("set-cookie") or [] if each.startswith(name)]
    for _try in range(6):
        wrong = place.send("/sign-in", {"login": place.login, "password": "a wrong guess"})
    assert wrong.status == 429
    again = {"login": place.login, "password": PASSWORD}
    assert place.send("/sign-in", again).status == 429
    assert place.send("/sign-in", again, Cookie=f"{name}={value}").status == 303


def test_signing_in_with_a_browser_ends_the_session_that_it_had(place: Place):
    ada = place.enter()
    ben = patient(place.installation, place.team, reference="MK-9", name="Ben")
    login = patient_with_password(place.installation, ben)
    held = {"Cookie": ada}
    wrong = place.send("/sign-in", {"login": login, "password": "a wrong guess"}, **held)
    assert wrong.status == 401
    assert ask(place.server, "/api/signed-in", headers=held).status == 204
    answer = place.send("/sign-in", {"login": login, "password": PASSWORD}, **held)
    assert answer.status == 303
    assert ask(place.server, "/api/signed-in", headers=held).status == 401
    assert ask(place.server, "/api/signed-in", headers={"Cookie": cookie(answer)}).status == 204
    # The same where a second factor comes in between.
    ada = place.enter()
    first = place.send("/sign-in", {"login": "mara", "password": PASSWORD}, Cookie=ada)
    assert first.headers["location"] == "/sign-in/second"
    assert ask(place.server, "/api/signed-in", headers={"Cookie": ada}).status == 401


def test_each_sign_in_has_a_token_of_its_own(place: Place):
    assert place.enter() != place.enter()


def test_one_of_the_staff_gets_in_by_password_and_code(place: Place):
    answer = place.send("/sign-in", {"login": "mara", "password": PASSWORD})
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in/second")
    first = cookie(answer)
    assert ask(place.server, "/", headers={"Cookie": first}).headers["location"] == "/sign-in"
    asked = ask(place.server, "/sign-in/second", headers={"Cookie": first})
    assert place.secret.encode() not in asked.body
    assert b"<svg" not in asked.body
    code = pyotp.TOTP(place.secret).at(int(clock.now().timestamp()) + 30)
    wrong = place.send("/sign-in/second", {"code": "000000"}, Cookie=first)
    assert wrong.status == 401
    assert b'role="alert"' in wrong.body
    answer = place.send("/sign-in/second", {"code": code}, Cookie=first)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert cookie(answer) != first
    assert ask(place.server, "/", headers={"Cookie": cookie(answer)}).status == 200


def test_the_first_time_the_code_comes_with_a_picture_and_a_key(place: Place):
    invited = AccountsDesk(place.installation, OPERATOR).add_staff(
        "Ida", f"ida-{uuid4().hex[:6]}", Role.ADMINISTRATOR, team=None, key=uuid4()
    )
    answer = place.send("/join", {"code": invited.code.lower(), "password": PASSWORD})
    assert answer.headers["location"] == "/sign-in/second"
    held = cookie(answer)
    text = ask(place.server, "/sign-in/second", headers={"Cookie": held}).body.decode()
    assert "<svg" in text
    found = re.search(r'class="code">([A-Z2-7 ]+)<', text)
    assert found
    secret = found[1].replace(" ", "")
    answer = place.send("/sign-in/second", {"code": pyotp.TOTP(secret).now()}, Cookie=held)
    assert answer.headers["location"] == "/"
    assert ask(place.server, "/", headers={"Cookie": cookie(answer)}).status == 200


def test_a_patient_chooses_codes_and_ends_them(place: Place):
    dora = patient(place.installation, place.team, reference="MK-77", name="Dora")
    login = patient_with_password(place.installation, dora)

    def enter() -> Answer:
        return place.send("/sign-in", {"login": login, "password": PASSWORD})

    def key() -> str:
        found = place.installation.accounts.of_patient(dora)
        assert found
        assert found.totp_secret
        with (
            place.installation.store.writing() as connection
        ):  # the codes of the minute before may be used again
            mine = account.c.id == found.id
            connection.execute(account.update().where(mine, account.c.totp_step > 0).values(totp_step=1))
        return pyotp.TOTP(found.totp_secret).at(int(clock.now().timestamp()))

    held = cookie(enter())
    shown = ask(place.server, "/second-factor", headers={"Cookie": held}).body.decode()
    assert "Set up your codes" in shown
    assert "<svg" in shown
    wrong = place.send("/second-factor", {"code": "000000", "on": "1"}, Cookie=held)
    assert wrong.status == 401
    assert enter().headers["location"] == "/", "begun, and not chosen yet"
    assert place.send("/second-factor", {"code": key(), "on": "1"}, Cookie=held).status == 200
    first = enter()
    assert first.headers["location"] == "/sign-in/second"
    assert ask(place.server, "/", headers={"Cookie": cookie(first)}).status == 303
    again = place.send("/sign-in/second", {"code": key()}, Cookie=cookie(first))
    assert again.headers["location"] == "/"
    held = cookie(again)
    shown = ask(place.server, "/second-factor", headers={"Cookie": held}).body.decode()
    assert "Switch codes off" in shown
    assert "<svg" not in shown, "the secret is shown until it was used, never after"
    assert place.send("/second-factor", {"code": "000000", "on": "0"}, Cookie=held).status == 401
    assert place.send("/second-factor", {"code": key(), "on": "0"}, Cookie=held).status == 200
    assert enter().headers["location"] == "/"
    # Whoever lost the phone is invited anew by who looks after them.
    held = cookie(enter())
    ask(place.server, "/second-factor", headers={"Cookie": held})
    place.send("/second-factor", {"code": key(), "on": "1"}, Cookie=held)
    invited = AccountsDesk(place.installation, OPERATOR).invite_patient(dora)
    joined = place.send("/join", {"code": invited.code, "password": PASSWORD})
    assert joined.headers["location"] == "/"
    told = [line.action for line in place.installation.audit.read(patient=dora)]
    assert (told.count("second_factor.on"), told.count("second_factor.off")) == (2, 1)


def test_nobody_else_chooses_codes(place: Place):
    mara = place.installation.accounts.by_login("mara")
    assert mara
    staff = SignIns(place.installation)._begin(mara, Stage.FULL, clock.now()).token  # noqa: SLF001  signs in without the time that a password takes
    name = place.enter().partition("=")[0]
    for carried in ("", f"{name}={staff}"):
        assert ask(place.server, "/second-factor", headers={"Cookie": carried}).status == 303
        sent = place.send("/second-factor", {"code": "123456", "on": "0"}, Cookie=carried)
        assert sent.headers["location"] == "/second-factor"
    foreign = place.send("/second-factor", {"code": "123456", "on": "1"}, Origin="http://evil.example")
    assert foreign.status == 403


def test_an_invitation_lets_a_patient_in_once(place: Place):
    ben = patient(place.installation, place.team, reference="MK-77")
    invited = AccountsDesk(place.installation, OPERATOR).invite_patient(ben)
    weak = place.send("/join", {"code": invited.code, "password": "password"})
    assert weak.status == 400
    assert b"among the first that anybody would try" in weak.body
    assert b'value="password"' not in weak.body
    answer = place.send("/join", {"code": invited.code, "password": PASSWORD})
    assert (answer.status, answer.headers["location"]) == (303, "/")
    again = place.send("/join", {"code": invited.code, "password": PASSWORD})
    unknown = place.send("/join", {"code": "0000-0000-0000-0000", "password": PASSWORD})
    assert again.status == unknown.status == 401
    assert again.headers["set-cookie"] is None


def test_where_the_data_are_real_nobody_looks_without_a_password(place: Place):
    server = AppServer(place.server.home, env={"COACH_MODE": "clinic", "COACH_SAMPLE": "1"}).start()
    try:
        for each in (place, replace(place, server=server)):
            assert ask(each.server, "/sample").status == 404
            answer = each.send("/sample", {"viewer": "physiotherapist", "as": "physiotherapist"})
            assert answer.status == 404
            assert answer.headers["set-cookie"] is None
            assert ask(each.server, "/").headers["location"] == "/sign-in"
    finally:
        server.stop()


# whoever is not let in


def test_wrong_unknown_and_disabled_are_answered_alike(place: Place):
    gone, _secret = physiotherapist_in(place, "gone")
    AccountsDesk(place.installation, OPERATOR).disable(gone)
    answers = [
        place.send("/sign-in", {"login": login, "password": password})
        for login, password in ((place.login, "x" * 12), ("nobody", PASSWORD), ("gone", PASSWORD))
    ]
    bodies = {re.sub(rb' value="[^"]*"', b"", answer.body) for answer in answers}
    assert {answer.status for answer in answers} == {401}
    assert len(bodies) == 1
    assert all(answer.headers["set-cookie"] is None for answer in answers)
    kept = ("content-type", "cache-control")
    assert len({tuple(answer.headers[name] for name in kept) for answer in answers}) == 1


def physiotherapist_in(place: Place, login: str) -> tuple[UUID, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(place.server.home))
        return physiotherapist(place.installation, None, login=login)


def test_a_hundred_tries_are_refused_and_the_owner_gets_in_from_elsewhere(place: Place):
    fields = {"login": place.login, "password": "not the password"}
    statuses = [place.send("/sign-in", fields).status for _try in range(100)]
    assert statuses == [401] * 5 + [429] * 95
    waits = place.send("/sign-in", {"login": place.login, "password": PASSWORD})
    assert waits.status == 429
    assert b"Try again in 1 minute." in waits.body
    connection = http.client.HTTPConnection(
        "127.0.0.1", place.server.port, timeout=20, source_address=("127.0.0.2", 0)
    )
    headers = {
        "Origin": place.server.url,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"login": place.login, "password": PASSWORD})
    connection.request("POST", "/sign-in", body=body, headers=headers)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["location"]) == (303, "/")
    connection.close()


def test_an_address_that_is_made_up_does_not_help(place: Place):
    fields = {"login": place.login, "password": "not the password"}
    statuses = [
        place.send("/sign-in", fields, X_Forwarded_For=f"203.0.113.{number}").status for number in range(10)
    ]
    assert statuses == [401] * 5 + [429] * 5


def test_a_try_from_behind_the_encryption_counts_for_whoever_made_it(secure: Place):
    fields = {"login": secure.login, "password": "not the password"}
    statuses = [
        over_https(secure, "/sign-in", fields, X_Forwarded_For="9.9.9.9, 203.0.113.1").status
        for _try in range(10)
    ]
    assert statuses == [401] * 5 + [429] * 5
    fields["password"] = PASSWORD
    assert over_https(secure, "/sign-in", fields, X_Forwarded_For="203.0.113.1").status == 429
    assert over_https(secure, "/sign-in", fields, X_Forwarded_For="203.0.113.2").status == 303


def test_behind_encryption_the_cookie_never_travels_without_it(secure: Place):
    fields = {"login": secure.login, "password": PASSWORD}
    answer = over_https(secure, "/sign-in", fields, X_Forwarded_For="203.0.113.9")
    name, *rest = (answer.headers["set-cookie"] or "").split("; ")
    assert name.startswith("__Host-coach=")
    assert set(rest) == {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"}
    held = {"Cookie": name, "Host": "coach.example.org"}
    assert ask(secure.server, "/", headers=held).status == 200
    assert ask(secure.server, "/", headers={"Host": "evil.example"}).status == 403


def over_https(place: Place, path: str, fields: dict[str, str], **changed: str) -> Answer:
    """Send as the program that stands in front with the encryption would pass it on."""
    named = {"Host": "coach.example.org", "Origin": "https://coach.example.org"}
    return place.send(path, fields, **named, **changed)


@pytest.fixture(scope="module")
def secure(place: Place) -> Iterator[Place]:
    """The same clinic as it is reached from outside, behind encryption."""
    server = AppServer(place.server.home, env=BEHIND_ENCRYPTION).start()
    yield replace(place, server=server)
    server.stop()


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/second", "/join", "/sign-out"])
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_a_form_of_another_page_is_refused(
    place: Place, path: str, changed: dict[str, str | None], status: int
):
    answer = place.send(path, {"login": place.login, "password": PASSWORD}, **changed)
    assert answer.status == status
    assert answer.headers["set-cookie"] is None
    assert b'role="alert"' in answer.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/sign-in", "/join", "/sign-out"])
def test_a_page_takes_its_form_alone(place: Place, path: str, method: str):
    assert ask(place.server, path, method=method).status == 405


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * 16_001, 413),
        (b"login=%ff%fe&password=x", 400),
        (b"&".join(b"a=1" for _ in range(50)), 400),
        (b"", 401),
        (b"login=a", 401),
        (b"\xff\xfe", 400),
        (b"login=%00&password=%00", 401),
    ],
)
def test_what_is_no_form_is_refused(place: Place, body: bytes, status: int):
    answer = place.send("/sign-in", body)
    assert answer.status == status
    assert b"Traceback" not in answer.body


def test_what_was_typed_is_shown_as_text_alone(place: Place):
    answer = place.send("/sign-in", {"login": '"><script>alert(1)</script>', "password": "x"})
    assert b"<script>alert" not in answer.body
    assert b"&lt;script&gt;" in answer.body


# the way out


def test_signing_out_ends_the_session_and_takes_the_cookies(place: Place):
    held = place.enter()
    answer = place.send("/sign-out", {}, Cookie=f"{held}; _streamlit_user=a; _streamlit_user_tokens=b")
    assert (answer.status, answer.headers["location"]) == (303, "/signed-out")
    gone = answer.headers.get_all("set-cookie") or []
    assert sorted(each.partition("=")[0] for each in gone) == sorted(
        [held.partition("=")[0], "_streamlit_user", "_streamlit_user_tokens"]
    )
    assert all("Max-Age=0" in each for each in gone)
    assert ask(place.server, "/", headers={"Cookie": held}).status == 303
    assert ask(place.server, "/api/signed-in", headers={"Cookie": held}).status == 401


def test_signing_out_everywhere_ends_every_session(place: Place):
    one, other = place.enter(), place.enter()
    place.send("/sign-out", {"everywhere": "1"}, Cookie=one)
    assert ask(place.server, "/api/signed-in", headers={"Cookie": other}).status == 401


# what the player and the export give


def entries(place: Place, held: str, owner: object, item: dict[str, object] | None = None) -> Answer:
    return place.send(
        "/api/outbox",
        json.dumps({"owner": str(owner), "items": [item or ITEM]}).encode(),
        Cookie=held,
        Content_Type="application/json",
    )


def test_the_outbox_takes_the_entries_of_who_has_signed_in(place: Place):
    held = place.enter()
    taken = entries(place, held, place.ada)
    assert taken.status == 200, taken.body
    assert entries(place, held, "somebody else").status == 409
    assert entries(place, "", place.ada).status == 401
    assert entries(place, "coach=x", place.ada).status == 401


def test_what_a_browser_sends_again_keeps_nobody_signed_in_and_what_somebody_does_does(place: Place):
    held = place.enter()
    mine = sign_in.c.token_hash == hashlib.sha256(held.partition("=")[2].encode()).hexdigest()
    long_ago = clock.now() - timedelta(minutes=59)
    with place.installation.store.writing() as connection:
        connection.execute(sign_in.update().where(mine).values(seen_at=long_ago))

    def seen() -> datetime:
        with place.installation.store.reading() as connection:
            found: datetime = connection.execute(sign_in.select().where(mine)).one().seen_at
            return found

    check = {"kind": "no_red_flags", "payload": {}, "age_ms": 600_000}
    kept, done = ({**ITEM, **check, "id": str(uuid4())} for _each in range(2))
    for item in (ITEM, kept, kept, {**kept, "age_ms": 0}):  # refused, kept for ten minutes, and sent again
        assert entries(place, held, place.ada, item).status == 200
        assert seen() == long_ago
    assert entries(place, held, place.ada, {**done, "age_ms": 3_000}).status == 200
    assert seen() > long_ago


def test_each_patient_has_a_limit_of_their_own(place: Place):
    ben = patient(place.installation, place.team, reference="MK-2", name="Ben")
    login = patient_with_password(place.installation, ben)

    def enter() -> str:
        return cookie(place.send("/sign-in", {"login": login, "password": PASSWORD}))

    held = enter()
    statuses = [entries(place, held, ben).status for _ in range(MAX_PER_MINUTE + 1)]
    assert statuses == [200] * MAX_PER_MINUTE + [429]
    assert entries(place, enter(), ben).status == 429, "another device is the same person"
    assert entries(place, place.enter(), place.ada).status == 200


def test_a_page_whose_viewer_is_another_one_is_told_that_nobody_is_signed_in(place: Place):
    held = place.enter()
    account = place.installation.accounts.of_patient(place.ada)
    assert account
    asked = {"Cookie": held, "Coach-Account": str(account.id)}
    assert ask(place.server, "/api/signed-in", headers=asked).status == 204
    assert ask(place.server, "/api/signed-in", headers={**asked, "Coach-Account": str(uuid4())}).status == 401


def test_one_of_the_staff_has_no_outbox_and_no_export(place: Place):
    answer = place.send("/sign-in", {"login": "mara", "password": PASSWORD})
    assert entries(place, cookie(answer), place.ada).status == 401
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(place.server.home))
        found = place.installation.accounts.by_login("mara")
        assert found
        token = SignIns(place.installation)._begin(found, Stage.FULL, clock.now()).token  # noqa: SLF001  signs in without the time that a password takes
    held = f"{place.enter().partition('=')[0]}={token}"
    assert entries(place, held, place.ada).status == 401
    assert ask(place.server, "/api/export", headers={"Cookie": held}).status == 401


def test_the_export_is_the_own_one(place: Place):
    held = place.enter()
    answer = ask(place.server, "/api/export", headers={"Cookie": held})
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert ask(place.server, "/api/export").status == 401
    foreign = {"Cookie": held, "Sec-Fetch-Site": "cross-site"}
    assert ask(place.server, "/api/export", headers=foreign).status == 403


# an organisation's ticket


def accept(place: Place, content: bytes, **changed: str | None) -> Answer:
    return place.send("/api/accept", content, Content_Type="application/json", **changed)


def test_a_ticket_is_exchanged_once_and_the_providers_word_is_used_up(place: Place):
    found = place.installation.accounts.by_login("mara")
    assert found
    place.installation.accounts.link(found.id, "https://idp|mara")
    ticket = SignIns(place.installation).by_organisation("https://idp", "mara", "", verified=False)
    body = json.dumps({"ticket": ticket}).encode()
    answer = accept(place, body, Cookie="_streamlit_user=a; _streamlit_user_1=b")
    assert (answer.status, json.loads(answer.body)) == (200, {"to": "/"})
    held, *gone = answer.headers.get_all("set-cookie") or []
    assert [each.partition("=")[0] for each in gone] == ["_streamlit_user", "_streamlit_user_1"]
    assert ask(place.server, "/", headers={"Cookie": held.partition(";")[0]}).status == 200
    again = accept(place, body)
    assert (again.status, json.loads(again.body)) == (401, {"to": "/sign-in?unknown=1"})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"ticket": 1}', b'{"ticket": ""}', b"[" * 9_000, b"x" * 20_000]
)
def test_what_is_no_ticket_lets_nobody_in(place: Place, body: bytes):
    answer = accept(place, body, Cookie="_streamlit_user=a")
    assert answer.status == 401
    assert [each.partition("=")[0] for each in answer.headers.get_all("set-cookie") or []] == [
        "_streamlit_user"
    ]


@pytest.mark.parametrize(
    "changed", [{"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": None}]
)
def test_a_ticket_is_taken_from_the_apps_own_page_alone(place: Place, changed: dict[str, str | None]):
    assert accept(place, b"{}", **changed).status == 403


# what is kept


def test_no_secret_is_in_the_log_or_in_an_address(place: Place):
    held = place.enter()
    place.send("/sign-in", {"login": "canary-login", "password": "canary-password"})
    place.send("/join", {"code": "canary-code", "password": "canary-password"})
    log = place.server.log()
    for secret in (held.partition("=")[2], "canary", PASSWORD, place.login):
        assert secret not in log


def test_a_home_signs_its_physiotherapist_in_too(app_server, tmp_path: Path):
    server = app_server(home=tmp_path / "home")
    assert ask(server, "/").status == 200
    assert ask(server, "/sign-in").status == 200
    assert ask(server, "/api/signed-in").status == 401


def test_a_home_is_not_reached_by_another_address(app_server, tmp_path: Path):
    near = [("127.0.0.1", 8501), ("::1", 8501), ("coach.socket", None), None, ("testserver", 80)]
    far = [("192.168.1.4", 8501), ("10.0.0.1", 80), ("fe80::1%eth0", 80), ("0.0.0.0", 80)]
    assert [_is_near({"server": each}) for each in near] == [True] * 5
    assert [_is_near({"server": each}) for each in far] == [False] * 4
