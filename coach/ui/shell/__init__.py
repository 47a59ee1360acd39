"""The frame of every page: admission, theme, sign-out, errors."""
