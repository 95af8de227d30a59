"""The way out: one file per counterpart. Nothing here knows what it carries."""
