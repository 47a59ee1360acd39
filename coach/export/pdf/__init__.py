"""Paper: what is printed, as PDF; made from a dossier, in the words of the screen."""
