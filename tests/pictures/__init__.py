"""Pictures of every screen, for eyes."""
