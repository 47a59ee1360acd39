"""What people read: every sentence that stands on a screen, in a mail, on paper or in a terminal."""
