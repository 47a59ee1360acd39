"""Protocol files: what is prescribed, as TOML, and the loader that refuses a bad file."""
