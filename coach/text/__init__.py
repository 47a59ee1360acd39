"""The sentences that people read, on screens, in PDFs and in a terminal."""
