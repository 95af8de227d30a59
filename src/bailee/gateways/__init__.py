"""The way out: one file per counterpart. Nothing here knows what it carries.

``errand``: one HTTP request. ``mail``: one message to one mail server.
"""
