"""A Debian tree that its own systemd has started, for the end-to-end tests: in namespaces within the test's, with the test's network."""

import contextlib
import os
import pathlib
import subprocess

from lab import stage

# A cgroup of its own, so that systemd takes ours for the root of all.
OUTER = """
set -e
mkdir -p "$2" "$3"
echo $$ >"$3/cgroup.procs"
exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup sh -c "$4" - "$1"
"""
# The tree becomes the root, not only a chroot: the units' own mount namespaces are made from there.
INNER = """
set -e
cd "$1"
umount dev
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do
    touch dev/$name
    mount --bind /dev/$name dev/$name
done
touch dev/console
mount --bind /dev/null dev/console
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
pivot_root . mnt
umount -l mnt
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 /lib/systemd/systemd
"""


class Booted:
    """`tree` is a lab.Tree. Thread: one at a time."""

    def __init__(self, tree, work):
        self.group = self._our_group(work / "cgroup") / f"tidegate-test-{os.getpid()}"
        self.outer = subprocess.Popen(["sh", "-c", OUTER, "-", tree.root, self.group.parent, self.group, INNER],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        stage.wait_for(lambda: self.outer.poll() is not None or self._is_up(), "systemd", 120)
        if self.outer.poll() is not None:
            raise RuntimeError(f"systemd did not start: {self.outer.stderr.read()}")

    @staticmethod
    def _our_group(folder):
        """Where this process is in the unified hierarchy, mounted at `folder`."""
        folder.mkdir()
        stage.mount("cgroup2", str(folder), "cgroup2")
        lines = pathlib.Path("/proc/self/cgroup").read_text().splitlines()
        path = next(line[3:] for line in lines if line.startswith("0::"))
        return folder / path.lstrip("/")

    def _first(self):
        """The number of its process 1, as seen from here."""
        children = pathlib.Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().split()
        return children[0] if children else None

    def _is_up(self):
        first = self._first()
        if first is None or pathlib.Path(f"/proc/{first}/comm").read_text() != "systemd\n":
            return False
        return self.run("systemctl", "is-system-running")[1].strip() in ("running", "degraded")

    def run(self, *words, timeout=120):
        """Status and all that it said."""
        done = subprocess.run(["nsenter", "--target", self._first(), "--mount", "--uts", "--ipc", "--pid", "--cgroup", "env", "-i",
                               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              timeout=timeout)
        return done.returncode, done.stdout

    def property(self, unit, name):
        return self.run("systemctl", "show", "--value", "-p", name, unit)[1].strip()

    def host_pid(self, inside):
        """The number here of the process that has that number there."""
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                numbers = next(line for line in status.read_text().splitlines() if line.startswith("NSpid:")).split()[1:]
                if numbers[-2:] == [status.parent.name, str(inside)]:
                    return int(status.parent.name)
        return None

    def end(self):
        if self.outer.poll() is None:
            self.outer.kill()
        self.outer.wait(30)
        self.outer.stderr.close()

        def emptied():
            for folder, _, _ in os.walk(self.group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
            return not self.group.exists()

        stage.wait_for(emptied, "the end of systemd")
