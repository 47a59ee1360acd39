"""Catalogues: how a translation is read, kept when texts change, and checked."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages import Catalog

from coach import i18n
from coach.domain.languages import CODES
from coach.i18n import N_, catalogues, checks, languages, pseudo
from coach.i18n.__main__ import brought_up_to_date
from coach.i18n.catalogues import TEMPLATE, for_readers, french_spaces, read, speech
from coach.i18n.languages import DRAFT, ENGLISH, NAMES, NOT_OFFERED, PSEUDO, path, tag
from coach.text import translation
from tests.support.server import ROOT


def test_no_catalogue_has_a_fault():
    found = [f"{each}: {fault}" for each in there() for fault in checks.faults(read(path(each)))]
    assert found == []


def test_each_catalogue_has_the_texts_that_there_are():
    """Run `make translations` where one has not."""
    wanted = texts(for_readers(read(TEMPLATE)))
    found = {each: len(texts(read(path(each))) ^ wanted) for each in there()}
    assert found == dict.fromkeys(there(), 0)


def texts(catalog: Catalog) -> set[object]:
    return {each.id if isinstance(each.id, str) else tuple(each.id) for each in catalog if each.id}


def there() -> list[str]:
    return [language for language in NAMES if path(language).exists()]


@pytest.mark.parametrize(
    ("english", "said", "fault"),
    [
        ("{n} of {m}", "{n} von {k}", "other placeholders"),
        ("{n} of {m}", "{n von {m}", "other placeholders"),
        ("Wait 24 hours.", "Warten Sie 42 Stunden.", "other numbers"),
        ("Call 112.", "Rufen Sie 110 an.", "other numbers"),
        ("<b>Stop</b>.", "<b>Halt<b>.", "other tags"),
        ("**Stop**.", "**Halt.", "another number of '**'"),
        ("[Read](https://a.example)", "[Lesen](https://b.example)", "other links"),
        ("Stop ", "Halt", "other spaces"),
        ("Is that so?", "Das ist so.", "it ends otherwise"),
        ("Stop", "Ha\u200blt", "cannot be seen"),
        ("no_clinic_number", "no_clinic_number", "looks like a key"),
    ],
)
def test_a_translation_that_says_something_else_is_seen(english: str, said: str, fault: str):
    assert fault in " ".join(_faults_of(english, said))


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("{n} of {m}", "von {m} {n}"),
        ("At 0.5 metres.", "In 0,5 Metern."),
        ("Is that so?", "C’est bien ça\u202f?"),
        (("{n} day", "{n} days"), ("{n} Tag", "{n} Tage")),
        (("One message", "{n} messages"), ("Eine Nachricht", "{n} Nachrichten")),
    ],
)
def test_a_good_translation_has_no_fault(english: str | tuple[str, str], said: str | tuple[str, str]):
    assert _faults_of(english, said) == []


def test_a_plural_needs_each_of_its_forms():
    assert "2 plural forms" in _faults_of(("{n} day", "{n} days"), ("{n} Tag", ""))[-1]


def _faults_of(english: str | tuple[str, str], said: str | tuple[str, str]) -> list[str]:
    catalog = Catalog("de", header_comment=f"# {DRAFT}")
    catalog.add(english, said)
    return checks.faults(catalog)


def test_a_doubtful_text_and_a_head_that_says_too_much_are_seen():
    catalog = Catalog("de", header_comment=f"# {NOT_OFFERED}")
    catalog.add("Stop", "Halt", flags=["fuzzy"])
    said = " ".join(checks.faults(catalog))
    for part in ("fuzzy", DRAFT, "take the line"):
        assert part in said


def test_an_unchanged_text_keeps_its_translation(tmp_path: Path):
    file, template = tmp_path / "coach.po", Catalog()
    for text in ("Start", "Stop"):
        template.add(text, locations=[("coach/ui/a.py", 1)])
    file.write_bytes(brought_up_to_date(file, "de", template))
    assert checks.untranslated(read(file)) == ["Start", "Stop"]
    file.write_text(
        file.read_text("utf-8")
        .replace('msgid "Start"\nmsgstr ""', 'msgid "Start"\nmsgstr "Los"')
        .replace('msgid "Stop"\nmsgstr ""', 'msgid "Stop"\nmsgstr "Halt"'),
        "utf-8",
    )
    before = file.read_bytes()
    assert brought_up_to_date(file, "de", template) == before
    newer = Catalog()
    for text in ("Start", "Stop now"):
        newer.add(text, locations=[("coach/ui/a.py", 1)])
    file.write_bytes(brought_up_to_date(file, "de", newer))
    catalog = read(file)
    assert {str(each.id): each.string for each in catalog if each.id} == {"Start": "Los", "Stop now": ""}
    assert DRAFT in catalog.header_comment


def test_what_a_terminal_says_needs_no_translation():
    template = Catalog()
    template.add("Sent.", locations=[("coach/cli/remind.py", 1)])
    template.add("Stop", locations=[("coach/cli/a.py", 1), ("coach/ui/a.py", 1)])
    assert [each.id for each in for_readers(template) if each.id] == ["Stop"]


def test_a_catalogue_is_read_with_its_plurals_and_without_doubtful_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    file = path("fr")
    file.parent.mkdir(parents=True)
    head = f'# {DRAFT}\nmsgid ""\nmsgstr "Language: fr\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
    file.write_text(
        head
        + '\nmsgid "Stop"\nmsgstr "Arrêter"\n\n#, fuzzy\nmsgid "Start"\nmsgstr "Non"\n\nmsgid "Skip"\nmsgstr ""\n'
        + '\nmsgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} jour"\nmsgstr[1] "{n} jours"\n',
        "utf-8",
    )
    catalogues._known.cache_clear()  # noqa: SLF001
    french = catalogues.speech.__wrapped__("fr")
    catalogues._known.cache_clear()  # noqa: SLF001
    assert [french.gettext(each) for each in ("Stop", "Start", "Skip", "")] == [
        "Arrêter",
        "Start",
        "Skip",
        "",
    ]
    assert [french.ngettext("{n} day", "{n} days", n) for n in (0, 1, 2)] == [
        "{n} jour",
        "{n} jour",
        "{n} jours",
    ]
    assert french.is_draft


def test_a_stored_choice_is_a_language_that_there_is():
    assert set(NAMES) | set(PSEUDO) == CODES


@pytest.mark.parametrize(
    ("asked", "choice", "country", "spoken"),
    [
        ("", "", "", "en"),
        ("pt-BR,pt;q=0.9", "", "", "en"),
        ("en-US", "", "", "en-US"),
        ("en-GB,en-US;q=0.9", "", "", "en"),
        ("en;q=0.1,de_CH", "", "", "de-CH"),
        ("zh-Hant-TW, fr;q=0.5, xx;q=nan-sense, ;;,", "", "", "fr"),
        ("de", "es", "", "es"),
        ("en-US", "es", "", "es-US"),
        ("", "en", "US", "en-US"),
        ("fr", "", "DE", "fr"),
        ("en-XA", "", "", "en"),
        ("de-CH", "ar-XB", "", "de-CH"),
        ("x" * 10_000, "nothing", "??", "en"),
    ],
)
def test_who_reads_what(monkeypatch: pytest.MonkeyPatch, asked: str, choice: str, country: str, spoken: str):
    monkeypatch.setattr(languages, "is_ready", lambda _language: True)
    languages._tag.cache_clear()  # noqa: SLF001
    assert tag(asked, choice=choice, country=country) == spoken
    languages._tag.cache_clear()  # noqa: SLF001


def test_a_language_that_is_not_ready_is_neither_offered_nor_spoken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(languages, "is_ready", lambda language: language in (ENGLISH, "fr"))
    languages._tag.cache_clear()  # noqa: SLF001
    assert list(languages.offered()) == [ENGLISH, "fr"]
    assert tag("de,fr;q=0.5", choice="es") == "fr"
    languages._tag.cache_clear()  # noqa: SLF001


def test_a_pseudo_language_is_longer_and_keeps_what_is_not_read():
    text = N_("Read <b>{name}</b> at https://a.example and [this](/guide), {n:.1f} times")
    longer = pseudo.longer(text)
    assert len(longer) >= 1.4 * len(text)
    assert longer[0] + longer[-1] == pseudo.OPENS + pseudo.CLOSES
    for kept in ("<b>", "</b>", "{name}", "https://a.example", "](/guide)", "{n:.1f}"):
        assert kept in longer


def test_who_reads_a_draft_is_told_so():
    with i18n.speaking("de"):
        assert translation.draft()
    assert translation.draft() == ""


def test_no_text_to_translate_stands_inside_an_f_string():
    """Babel looks into no f-string before Python 3.12, so the text would stay English in every language."""
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for folder in ("coach", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "N_", "ngettext", "pgettext")
        and any(isinstance(each, ast.Constant) for each in call.args)
    ]
    assert found == []


def test_no_line_begins_with_french_punctuation():
    assert french_spaces("« Oui » : 10:30 ? :small[non]") == (
        "«\N{NO-BREAK SPACE}Oui\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}: 10:30\N{NO-BREAK SPACE}? :small[non]"
    )
    known = speech("fr")
    texts = [*known.texts.values(), *(each for forms in known.plurals.values() for each in forms)]
    assert len(texts) > 3000
    assert [each for each in texts if re.search(r" [;?!»]| :(\s|$)|« ", each)] == []
