"""E-mail: SMTP, the texts, and the round that sends reminders."""
