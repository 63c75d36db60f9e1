"""Becomes another program: gives up root, asks for a signal when its parent dies, then execs.

Run as a file by ``python -I -S``, hence the standard library alone. It is a program of its own and no
``preexec_fn``, because Python code run in a fork of a process with threads can deadlock.

Arguments: parent pid, signal at its death (0 = none), uid, gid (-1 = stay), directory[, program, its own].
Exit 77: the directory cannot be entered; 126: the program cannot be run.
"""

import ctypes
import os
import sys

CANNOT_ENTER = 77
CANNOT_RUN = 126
_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Does not return when the program could be started."""
    parent, at_death, uid, gid = (int(argument) for argument in arguments[:4])
    directory, *command = arguments[4:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if at_death and sys.platform == "linux":  # after setuid, which clears it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, at_death, 0, 0, 0)
        if os.getppid() != parent:
            return CANNOT_RUN
    try:
        os.chdir(directory)
    except OSError:
        return CANNOT_ENTER
    if not command:
        return 0
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        return CANNOT_RUN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
