"""Each value of a protocol has a name and says something in the reader's words, never by a key of the file."""

from __future__ import annotations

import re

from coach import i18n
from coach.domain.sign_off import Value, values
from coach.protocols.loader import default
from coach.text import protocol_values
from coach.text.protocol_labels import CHOICES
from coach.text.protocol_places import in_words
from coach.text.protocol_values import CALLED

ALL = values(default())


def keys_in(label: str, value: Value) -> set[str]:
    """Return the parts of a label that are keys of the file, written as words."""
    keys = {in_words(part) for part in value.path.split(".") if part not in CALLED and not part.isdigit()}
    return keys & set(label.split(", "))


def test_no_value_is_called_by_its_key_in_the_file():
    with i18n.speaking("de"):  # where no name is like its key by chance
        labels = {each.path: protocol_values.label(each, default()) for each in ALL}
        sections = {protocol_values.section(each.section, default()) for each in ALL}
    assert {each.path: found for each in ALL if (found := keys_in(labels[each.path], each))} == {}
    assert not {each for each in sections if re.search("[a-z]_|^[a-z]+$", each)}
    assert all(labels.values())
    assert len({(each.section, labels[each.path]) for each in ALL}) == len(ALL), "two values have one name"


def test_a_choice_is_said_by_its_name_and_not_by_its_key_in_the_file():
    chosen = [each for each in ALL if each.path.rpartition(".")[2] in CHOICES]
    assert len({each.path.rpartition(".")[2] for each in chosen}) == len(CHOICES)
    with i18n.speaking("de"):  # where no name is like its key by chance
        assert {each.path: each.text for each in chosen if protocol_values.said(each) == each.text} == {}
    assert all(protocol_values.said(each) for each in ALL)
