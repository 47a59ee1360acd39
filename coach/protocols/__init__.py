"""The content: what is prescribed, as TOML files, and the loader that refuses a bad one."""
