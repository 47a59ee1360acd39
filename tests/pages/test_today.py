from tests.pages.conftest import *


def test_x(home):
    p = home.settle(hours=20)
    at = home.open()
    print(said(at))
    print(links(at))
    print(buttons(at))
    print(given(at, "coach_countdown"))
    at = home.open("session")
    print(title(at))
    at = home.open("warning")
    print(title(at), buttons(at))
    at = home.open("set_up")
    print(title(at))


def test_y(home):
    at = home.open(zone="Asia/Tokyo")
    tap(at, "I understand")
    print(at.pills[0].options, at.pills[0].value, at.expander[0].label)
    d = home.patient.today()
    at.pills[0].set_value([d])
    from datetime import time

    at.time_input[0].set_value(time(5, 30))
    tap(at, "Next")
    print(title(at))
    print(home.patient.course())
