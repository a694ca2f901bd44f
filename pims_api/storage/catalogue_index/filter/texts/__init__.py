"""Searches for a part of a text: by the engine, or in texts that a process keeps."""
