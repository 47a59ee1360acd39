"""The review for the physiotherapist."""
