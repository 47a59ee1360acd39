"""Names and answers inside of a sentence, and lists of them, as each language writes them."""

from __future__ import annotations

from datetime import time

import pytest

from coach import i18n
from coach.domain.facts import PainWord
from coach.i18n.sentences import at_the_start, in_a_row, in_a_sentence, listed, listed_names
from coach.protocols.loader import default
from coach.text import outcome_measures, pain, plan, protocol_texts, time_entry


@pytest.mark.parametrize(
    ("tag", "text", "said"),
    [
        ("en", "Ankle pumps", "ankle pumps"),
        ("en", "A little better", "a little better"),
        ("en", "All I can do", "all I can do"),
        ("en", "I cannot do it", "I cannot do it"),
        ("en", "TENS at home", "TENS at home"),
        ("en", "2 weeks after", "2 weeks after"),
        ("de", "Fußpumpen", "Fußpumpen"),
        ("de", "Po anspannen", "Po anspannen"),
        ("de", "Kein Schmerz", "kein Schmerz"),
        ("de", "Vor dem Eingriff", "vor dem Eingriff"),
        ("de", "Sehr viel besser", "sehr viel besser"),
        ("es", "El peor dolor imaginable", "el peor dolor imaginable"),
        ("fr", "À peu près pareil", "à peu près pareil"),
        ("fr", "Aussi bien qu’avant mes ennuis de dos", "aussi bien qu’avant mes ennuis de dos"),
    ],
)
def test_a_name_in_a_sentence_keeps_the_capitals_of_its_language(tag: str, text: str, said: str):
    with i18n.speaking(tag):
        assert in_a_sentence(text) == said


def test_no_german_noun_of_the_protocol_becomes_small_and_no_other_word_stays_large():
    protocol = default()
    with i18n.speaking("de"):
        exercises = [plan.exercise(each, protocol) for each in protocol.routines]
        assert exercises == [
            "Fußpumpen", "Po anspannen", "Oberschenkel anspannen", "Bauch anspannen", "Bauchatmung",
            "gerade ruhen", "Rücken andrücken", "kleine Brücke", "Aufstehen und setzen", "Fersen heben",
            "Gleichgewicht in der Ecke", "Gehen", "Schulterblätter", "fünfmal aufstehen",
        ]  # fmt: skip
        words = [pain.in_words(each, protocol) for each in PainWord]
        words += [pain.effort(value, protocol) for value, _words in protocol.effort_words]
        assert protocol.measures
        words += [
            outcome_measures.occasion_in_a_sentence(each.id, protocol) for each in protocol.measures.occasions
        ]
        words += [in_a_sentence(i18n._(each)) for each in protocol.measures.change_words.values()]
    assert [each for each in words if each[0].isupper()] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("schmerz im Rücken", "Schmerz im Rücken"), ("¿duele?", "¿Duele?"), ("« oui »", "« Oui »"), ("", "")],
)
def test_a_text_begins_a_sentence_without_losing_its_other_capitals(text: str, said: str):
    assert at_the_start(text) == said


@pytest.mark.parametrize(
    ("tag", "two", "three"),
    [
        ("en", "A and b", "A, b and c"),
        ("en-US", "A and b", "A, b, and c"),
        ("de", "A und B", "A, B und C"),
        ("es", "A y b", "A, b y c"),
        ("fr", "A et b", "A, b et c"),
    ],
)
def test_a_list_is_one_of_its_language(tag: str, two: str, three: str):
    with i18n.speaking(tag):
        assert listed_names(["A", "B"]) == two
        assert listed_names(["A", "B", "C"]) == three
        assert in_a_row(["A", "B", "C"]) == "A, B, C"
        assert (listed_names([]), listed(["A"]), in_a_row([])) == ("", "A", "")


@pytest.mark.parametrize(
    ("last", "said"),
    [("isquios", "glúteos e isquios"), ("hierro", "glúteos y hierro"), ("hilos", "glúteos e hilos")],
)
def test_spanish_says_another_and_before_its_own_sound(last: str, said: str):
    with i18n.speaking("es"):
        assert listed(["glúteos", last]) == said


@pytest.mark.parametrize(
    ("tag", "half_past_five", "one"),
    [
        ("en", "half past five in the morning (05:30)", "one o’clock in the afternoon (13:00)"),
        ("de", "05:30 morgens", "13:00 nachmittags"),
        ("es", "5:30 de la mañana", "13:00 de la tarde"),
        ("es-MX", "5:30\u202fa.m.", "1:00\u202fp.m."),
        ("fr", "05:30 du matin", "13:00 de l’après-midi"),
    ],
)
def test_a_time_is_read_back_as_its_language_tells_the_time(tag: str, half_past_five: str, one: str):
    with i18n.speaking(tag):
        assert time_entry.spoken(time(5, 30)) == half_past_five
        assert time_entry.spoken(time(13)) == one


def test_countries_are_found_where_their_name_is_looked_for():
    with i18n.speaking("de"):
        names = list(protocol_texts.countries(default()).values())
    assert names[:2] == ["Ägypten", "Argentinien"]
    assert names[-1] == "Anderes Land"
    assert names.index("Schweiz") < names.index("Singapur")
