"""Measurements of bailee over its real path, beside a contender in the same run.

How to run it, from the root of the repository::

    make bench                  # every part: 20 to 25 minutes on two idle cores
    make bench ONLY=p1          # one part, or several: ONLY='p1 p3'; p6 and p7 then go up to
                                # a million records, which takes an hour
    make bench QUICK=1          # small loads; shows that everything works, not for quoting
    make bench ONLY=report      # docs/benchmarks.md again, from the results that are there

or, with an interpreter that has the requirements, ``PYTHONPATH=src:. python -m bench p1 --quick``.
It needs Linux, two cores, ``taskset``, PostgreSQL's programs, and for the contender its wheel.

Results go to ``bench/results/PART.json``; ``docs/benchmarks.md`` is written from all that are
there. Figures on a busy machine: trust CPU-seconds per 1,000 items more than items per second.

Parts: ``p1`` encrypt and decrypt, ``p2`` protect, ``p3`` reveal, ``p4`` ledger, ``p5`` verifier,
``p6`` growth, ``p7`` bulk import, ``p11`` start.

Reading order: ``encrypting`` (P1) and its ``sides``; ``storing`` (P2, P3) and its ``records``;
``appending``, ``verifying``, ``growing``, ``importing``, ``starting`` (P4 to P7, P11). Below them:
``load`` → ``driver`` → ``wire`` (how a load is sent), ``deployment`` and ``openbao`` (what it is
sent to), ``samples`` (what is sent), ``process`` (pinning, CPU, memory); above them ``figures`` →
``report`` → ``sections`` and ``targets`` (what becomes of it).
"""
