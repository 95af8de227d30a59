"""The incident room: signals, incidents, their computed facts and their notices (C9)."""
