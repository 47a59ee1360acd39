"""Paper: what is printed, as PDF; made from a patient's record, in the words of the screen."""
