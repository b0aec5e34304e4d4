"""One trial: a program started, watched, and stopped when it has used its CPU time.

Promises: CPU time is that of the program and all its descendants, orphans too (AFL++ runs the
target in a grandchild), so it does not depend on what else the machine does. Executions and states
are read from the page that every target writes (fuzz/stats_page.h).
"""

import ctypes
import dataclasses
import os
import pathlib
import signal
import struct
import subprocess
import time

PAGE_BYTES = 16384
STATES_AT = 32
TICK = 0.05  # seconds between looks at the CPU time
PR_SET_CHILD_SUBREAPER = 36
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class End:
    cpu: float  # seconds
    executions: int
    states: list  # by cell: executions that passed through it
    stopped: bool  # at the limit; else the program ended by itself
    code: int  # exit code; negative: a signal
    output: str
    goal_cpu: float | None = None  # seconds when the goal was seen


def adopt_orphans():
    """The descendants of our children become ours when their parents end, so that we can wait for
    them and learn what they used."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def parse_page(page):
    """Executions, and by state cell the executions that passed through it."""
    executions = struct.unpack_from("<Q", page, 0)[0]
    return executions, list(struct.unpack_from("<1024Q", page, STATES_AT))


def stat_cpu(text):
    """CPU seconds in a line of /proc/PID/stat: the process and the children it has waited for."""
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    return sum(int(field) for field in fields[11:15]) / TICKS_PER_SECOND


def children(pid):
    try:
        return [int(child) for task in os.scandir(f"/proc/{pid}/task")
                for child in pathlib.Path(task.path, "children").read_text().split()]
    except OSError:
        return []  # it has ended


def descendants(pid):
    """Of `pid`, without itself."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def cpu_now():
    """Of all living descendants of ours."""
    total = 0.0
    for pid in descendants(os.getpid()):
        try:
            total += stat_cpu(pathlib.Path(f"/proc/{pid}/stat").read_text())
        except OSError:
            pass
    return total


def reap(block):
    """Waits for those that have ended, or for all: their CPU seconds, and a status by pid."""
    cpu, statuses = 0.0, {}
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0 if block else os.WNOHANG)
        except ChildProcessError:
            return cpu, statuses
        if pid == 0:
            return cpu, statuses
        statuses[pid] = status
        cpu += usage.ru_utime + usage.ru_stime


def kill_all():
    for pid in list(descendants(os.getpid())):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def run(command, env, folder, limit, goal=None):
    """Runs `command` in `folder`, for at most `limit` seconds of CPU. A process runs one at a time,
    and has no other children. Once `goal` has been true the command may end as it likes: the limit
    is for reaching it."""
    page_file = folder / "stats-page"
    page_file.write_bytes(bytes(PAGE_BYTES))
    log = folder / "log"
    env = dict(os.environ if env is None else env) | {"MAPFUZZ_STATS": str(page_file)}
    used, stopped, code, goal_cpu = 0.0, False, None, None
    with open(log, "wb") as out:
        child = subprocess.Popen([str(word) for word in command], env=env, cwd=folder,
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    try:
        while code is None:
            time.sleep(TICK)
            cpu, statuses = reap(block=False)
            used += cpu
            now = used + cpu_now()
            if goal is not None and goal_cpu is None and goal():
                goal_cpu = now
            if child.pid in statuses:
                code = os.waitstatus_to_exitcode(statuses[child.pid])
            elif goal_cpu is None and now >= limit:
                stopped = True
                code = -signal.SIGKILL
    finally:
        # Until none is left: one may be born while others are killed.
        while children(os.getpid()):
            kill_all()
            used += reap(block=True)[0]
        child.returncode = 0 if code is None else code  # subprocess must not wait for it
    executions, states = parse_page(page_file.read_bytes())
    return End(used, executions, states, stopped, code,
               log.read_text(encoding="utf-8", errors="replace"), goal_cpu)
