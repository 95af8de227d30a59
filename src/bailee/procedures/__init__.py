"""What the agreement's procedures share: timers with their deadlines, notices with their proof.

A *matter* is whatever a procedure is about: a request, an incident, a demand. Its *timers* run from
a trigger that the terms name to the strictest deadline of agreement and law; its *notices* go to
the controller's contacts and count when they were handed over, not when they were written.
"""
