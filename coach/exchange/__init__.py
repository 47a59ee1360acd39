"""Exchange: a history in the forms that other programs read; made from a dossier."""
