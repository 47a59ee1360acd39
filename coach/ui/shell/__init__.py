"""What surrounds every page: who may come in, the theme, signing out, errors."""
