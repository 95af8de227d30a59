"""The one place that ties everything together: settings, wiring, acts, controls, states.

The promise: what is shown as a state was seen by a control when it last looked, and the entry that
says so is named beside it; nothing is green by default. Every act of administration and every
refusal of one is recorded (C2.5(5)).

Clauses: C1, C8, C11 (texts in force, and who signs), C2.10, C5.2 (records sufficient to
demonstrate compliance), C6 (the end).

Reading order: ``settings`` → ``lock`` → ``parts`` (every constructor, no rule) → ``house`` (what
runs) → ``home`` (found, open), ``backup`` (copy out, put back) → ``office``, then the acts that
the doors call: ``contracts``, ``register``, ``emergencies``, ``disclosing``; ``trust_desk``,
``trust_pages``, ``trust_sayings``, ``trusting``, ``trust_reports`` (B10) → ``state`` (pure),
``control``, ``controls`` (the register), ``watching`` (look and record), ``watch_*``, ``search``
and ``canary`` (what is tried) → ``sentry``. ``shapes`` and ``rights`` are the API's words for it.
"""
