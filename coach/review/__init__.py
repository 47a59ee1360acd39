"""Looking back: what one patient's history says, as frames, charts and sentences."""
