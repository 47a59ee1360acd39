"""Coach: daily exercises after balloon kyphoplasty, from the first hour at home."""

__version__ = "0.1.0"
