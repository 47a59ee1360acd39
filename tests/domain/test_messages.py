"""Messages: which of the patient's wait for an answer, whoever has opened them."""

from __future__ import annotations

from coach.domain.facts import Message, MessageRead, NoAnswerNeeded, Void
from coach.domain.messages import waiting
from tests.domain.story import Story

ANN, KEN = "physiotherapist:ann", "physiotherapist:ken"


def texts(story: Story) -> list[str]:
    return [each.message.fact.text for each in waiting(story.history)]


def test_a_message_waits_until_it_is_answered_and_opening_it_is_no_answer():
    story = Story().begins()
    first = story.add(Message("May I drive?"), 10)
    assert [each.read for each in waiting(story.history)] == [None]
    read = story.add(MessageRead(first), 11, author=ANN)
    story.add(MessageRead(first), 11.5, author=KEN)
    (one,) = waiting(story.history)
    assert (one.message.id, one.read and one.read.id) == (first, read)
    story.add(Message("Not yet."), 12, author=KEN)
    assert texts(story) == []


def test_what_comes_while_the_answer_is_typed_still_waits():
    story = Story().begins()
    first = story.add(Message("May I drive?"), 10)
    story.add(MessageRead(first), 11, author=ANN)
    second = story.add(Message("And my leg is numb."), 11.1)
    story.add(Message("Yes, you may."), 11.2, author=ANN)
    assert texts(story) == ["And my leg is numb."]
    story.add(MessageRead(second), 11.3, author=ANN)
    assert texts(story) == ["And my leg is numb."]
    story.add(Message("I call you now."), 11.4, author=KEN)  # who has not opened it
    assert texts(story) == ["And my leg is numb."]
    story.add(Message("I called."), 11.5, author=ANN)
    assert texts(story) == []


def test_a_physiotherapist_can_say_that_none_is_needed_and_take_that_back():
    story = Story().begins()
    story.add(Message("Hello"), 10)
    last = story.add(Message("Thank you!"), 10.5)
    story.add(NoAnswerNeeded(last), 11)  # the patient's own word is none
    assert texts(story) == ["Hello", "Thank you!"]
    word = story.add(NoAnswerNeeded(last), 12, author=ANN)
    assert texts(story) == []
    story.add(Message("One more thing"), 13)
    assert texts(story) == ["One more thing"]
    story.add(Void(word, "undone"), 14, author=KEN)
    assert texts(story) == ["Hello", "Thank you!", "One more thing"]
