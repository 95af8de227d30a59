"""The pages that people use in a browser (MISSION: A3, A7, A8, A10, A25; MEASURES: People).

A page is one function: it gets the house and a visit, calls the same acts as the API does, under
the same caller, and returns a view. It decides nothing: who may do what stands in ``access``, and
every refusal is recorded there. What a page is refused, it shows with what to do next.

Reading order: ``visit`` (who comes, what the form says), ``view`` (what is shown, or where to go),
``row`` (one row of the table of pages), ``forms`` and ``guard`` (what comes in), ``render`` (how it
leaves), then one file for each page, and ``pages`` (the table).

To add a page: a function with ``@page`` or ``@form`` in a file of its noun, a template of the same
name that extends ``base.html``, its rows in ``pages.TABLE``, a line in ``navigation`` if people
look for it, and a test in ``tests/browser`` (mouse and keyboard, axe, both colour schemes).

Rules for templates: no inline script or style (the policy forbids both), no ``|safe``, text from
anybody is escaped by the engine; a form names its ``csrf``; a protected value stands in an element
with ``data-protected`` so that it leaves the page with the person. Everything works without script;
script only saves a reload.
"""
