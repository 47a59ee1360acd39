"""The protocol editor: a form over a draft of a protocol file, part by part."""
