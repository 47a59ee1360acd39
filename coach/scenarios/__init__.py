"""Stories in TOML files: what happens to one patient, and what the gate is expected to answer."""
