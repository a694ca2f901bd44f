"""What a dashboard shows of a catalogue: counts, issues and events."""
