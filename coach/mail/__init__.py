"""E-mail: how it is sent, what it says, and the reminders that go out by it."""
