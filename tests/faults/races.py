"""Two sequencers over one database: the fence holds, and builds without one are found out.

Also the restored backup: the guard refuses it (A10), and a build without a guard forks the log.
"""

from __future__ import annotations

import shutil

from tests.faults.checker import until
from tests.faults.deployment import NotServedError
from tests.faults.history import History
from tests.faults.trials import Ground, Plan, Tally, trial

CALLS = 120


def race(ground: Ground, plan: Plan, tally: Tally, rounds: int) -> list[str]:
    """Let two servers work at once, check, and again.

    Raises:
        NotServedError: there is no second server, so nothing was tried.
    """
    with trial(ground, plan, tally) as life:
        life.deployment.join()
        for _ in range(rounds):
            life.work(CALLS)
            life.load.end()
            tally.counts["races", plan.engine] += 1
            life.findings += life.checker.run()
            if life.findings:
                break
        return life.findings


def restored(ground: Ground, plan: Plan, tally: Tally) -> list[str]:
    """Put an older copy of the data in place, in secret, and serve it.

    The sound build refuses to serve (A10), says what to do, and after doing it nothing forks:
    what was erased after the copy stays erased, every note ever signed still holds.
    """
    with trial(ground, plan, tally) as life:
        made = life.deployment
        life.work(40)
        life.load.end()
        life.findings += life.checker.run()
        copy = made.said / "copy"
        if made.run("backup", str(copy), name="backup").wait():
            life.findings.append("A10 no backup was made")
        history = life.load.history
        held, gone = len(history.people), [one.name for one in history.people if one.erase]
        life.work(40)
        life.load.end()
        life.findings += life.checker.run()
        made.stop_servers()
        for leftover in ("data.db-wal", "data.db-shm"):
            (made.home / leftover).unlink(missing_ok=True)
        shutil.copyfile(copy / "data.db", made.home / "data.db")
        tally.counts["restored backups", plan.engine] += 1
        try:
            made.start()
        except NotServedError as error:
            if "ledger.behind_guard" not in str(error):
                life.findings.append(f"A10 refused otherwise: {error}")
        else:
            life.findings.append("A10 a backup behind its signed log is served")
            life.work(80)
            life.load.end()
            until(lambda: not made.rows("SELECT 1 FROM ledger_inbox LIMIT 1"), 3)
            life.checker.auditor.look_inside(made)
            return life.findings + life.checker.auditor.findings
        if made.run("restore", name="restore").wait():
            said = (made.said / "restore.err").read_text("utf-8")
            life.findings.append(f"A10 `restore` failed: {said}")
            return life.findings
        _forget(history, held, gone)
        life.recover(0)
        return life.findings


def _forget(history: History, held: int, gone: list[str]) -> None:
    """Drop what the operator lost with the older copy; the log declares it lost.

    Lost with it are erasures of single records, whose keys live on with their subject: the rows
    are back. Erasures of whole subjects are not lost.
    """
    del history.people[held:]
    history.answers.clear()
    for one in history.people:
        if one.erase and not one.whole and one.name not in gone:
            one.erase = None
