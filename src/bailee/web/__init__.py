"""The HTTP door: JSON in, JSON out, and nothing protected anywhere else.

The promise: what comes in is bounded before it is understood, who calls is known before anything
is done, and what goes wrong is said in stable words that never repeat what the caller sent.

* Transmission (C3.1): TLS 1.2 or newer; plain HTTP on the loopback interface alone; anything
  weaker is refused, at start and at the handshake (``server``, ``certificate``).
* Nothing protected in a URL (C3.2): no route takes a query, every path parameter is an id or a
  short name that has a fixed form, and a request that carries a query is refused unread. The
  log's lines hold the route's template, status, time and request id, never the address called.
* Everybody is known (C2.5(3)): every route but four (limits, health, the API's description, the
  acceptance of an invitation) needs ``Authorization: Bearer``; unknown callers cannot make the
  server hold more than a small body.

Reading order: ``routes`` (the one table: path, shapes, what is called), made of ``values``,
``agreements``, ``people``, ``emergencies``, ``disclosures`` → ``call`` (a row and a call) →
``house`` (what this door asks of the house; its shapes are in ``app``) → ``door`` (what happens to
a request) → ``workers`` → ``limits``, ``body``, ``shape`` (how it is bounded and read) →
``problem`` (how it fails) → ``log`` → ``openapi`` → ``server``, ``doorstep``, ``protocol``,
``certificate`` → ``inprocess`` (the same door without a socket) → ``knock`` (trying it from
outside).
"""
