"""PDFs of one patient's record, in the words of the screen."""
