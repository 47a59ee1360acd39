"""The review of one patient's history: frames, charts, tables and sentences."""
