#!/usr/bin/python3
"""reference.py FILE DIR: does DIR have what supervisord itself makes of FILE?
reference.py --refused FILE SCRATCH: the sections of FILE that it refuses, each tried alone, in the file SCRATCH.

supervisord's own classes read the file; each run in DIR is executed with its last command replaced by one that
shows its words and its environment. Differences are printed, and are exit code 1. Users and directories that the
file names need not be there.
"""
import os
import re
import shlex
import subprocess
import sys

from supervisor import options

for name, stand_in in (
    ("existing_dirpath", lambda v: v), ("existing_directory", os.path.expanduser), ("name_to_uid", lambda v: v),
    ("gid_for_uid", lambda v: 0),
):
    setattr(options, name, stand_in)
    setattr(sys.modules["supervisor.datatypes"], name, stand_in)

SHOW = "printf '%s\\0' \"$@\"; echo; env -0"
OURS = ("PWD", "OLDPWD", "SHLVL", "_")
failed = False


def differ(name, what, theirs, ours):
    global failed
    if theirs != ours:
        failed = True
        print(f"{name}: {what}: supervisord {theirs!r}, here {ours!r}")


def read(path):
    try:
        with open(path) as f:
            return f.read()
    except FileNotFoundError:
        return None


def shown(run):
    """Words and environment that a run ends with."""
    lines = [l for l in run.splitlines(True) if not re.match(r"exec [0-9]*>|cd |umask |\[ ", l)]
    text = "".join(lines)
    head, tail = text.rsplit("\nexec ", 1)
    script = head + "\nset -- " + tail + SHOW
    out = subprocess.run(["/bin/sh"], input=script, capture_output=True, text=True, check=True).stdout
    words, env = out.split("\n", 1) if "\0\n" not in out else out.split("\0\n", 1)
    words = words.split("\0")
    leader = words[:2] == ["chpst", "-P"]
    while words[0] in ("chpst", "-P", "-u"):
        words = words[2 if words[0] == "-u" else 1:]
    env = dict(v.split("=", 1) for v in env.split("\0") if v)
    if words[0] == "env":
        words = words[1:]
        while re.match(r"PATH=", words[0]):
            env["PATH"] = words.pop(0)[5:]
    return words, leader, env


def directory(group, process):
    if process.startswith(group) and (process[len(group):][:1] in ("", "_", "-", ".")):
        return process
    return f"{group}-{process}"


def check(group, p, where):
    name = directory(group.name, p.name)
    run = read(f"{where}/{name}/run")
    if run is None:
        differ(name, "directory", True, False)
        return
    words, leader, env = shown(run)
    differ(name, "command", shlex.split(p.command), words)
    expected = dict(os.environ)
    expected.update(p.environment)
    for k in OURS:
        expected.pop(k, None)
    env = {k: v for k, v in env.items() if k not in OURS and not k.startswith("SUPERVISOR_")}
    differ(name, "environment", sorted(expected.items()), sorted(env.items()))
    umask = re.search(r"^umask (.*)$", run, re.M)
    main = o.configroot.supervisord
    # with nodaemon=true neither has an effect
    if p.umask is None and not main.nodaemon and main.umask != 0o22:
        p.umask = main.umask
    if p.directory is None and not main.nodaemon:
        p.directory = main.directory
    differ(name, "umask", p.umask, int(umask.group(1), 8) if umask else None)
    cd = re.search(r"^cd (.*) \|\| exit$", run, re.M)
    if cd:
        cd = subprocess.run(["/bin/sh", "-c", f"printf %s {cd.group(1)}"], capture_output=True, text=True).stdout
    differ(name, "directory", p.directory, cd)
    differ(name, "autostart", p.autostart, not os.path.exists(f"{where}/{name}/down"))
    differ(name, "stopwaitsecs", f"{p.stopwaitsecs}s\n", read(f"{where}/{name}/timeout-kill"))
    signal = read(f"{where}/{name}/down-signal") or "TERM"
    differ(name, "stopsignal", p.stopsignal, options.signal_number(signal.strip()))
    by_group = read(f"{where}/{name}/kill-mode") == "group\n"
    differ(name, "killasgroup", p.killasgroup, by_group)
    differ(name, "own process group", True, leader or by_group)
    restart = {True: "always", False: "no"}.get(p.autorestart, None)
    if restart is None:
        restart = "always" if "Uncond" in p.autorestart.__name__ else "on-failure"
    differ(name, "autorestart", restart, (read(f"{where}/{name}/restart") or "always").strip())
    codes = read(f"{where}/{name}/success-codes")
    if restart == "on-failure":
        differ(name, "exitcodes", p.exitcodes, [int(c) for c in (codes or "0").split()])


class Options(options.ServerOptions):
    def import_spec(self, spec):
        return None


def load(path):
    o = Options()
    o.configfile = path
    o.here = os.path.abspath(os.path.dirname(path))
    o.read_config(path)
    return o


def processes(o):
    for group in o.configroot.supervisord.process_group_configs:
        if not isinstance(group, (options.EventListenerPoolConfig, options.FastCGIGroupConfig)):
            for process in group.process_configs:
                yield group, process


def refused(path, scratch):
    """The sections that supervisord refuses, alone, when it reads them or when it is to start them."""
    for section in re.split(r"^(?=\[)", read(path), flags=re.M)[2:]:
        with open(scratch, "w") as f:
            f.write("[supervisord]\n" + section)
        try:
            for _, process in processes(load(scratch)):
                if not shlex.split(process.command):
                    raise ValueError("empty")
        except ValueError:
            yield section[1:].split("]")[0]


if sys.argv[1] == "--refused":
    print("\n".join(sorted(refused(sys.argv[2], sys.argv[3]))))
    sys.exit()
o = load(sys.argv[1])
count = 0
for group, process in processes(o):
    check(group, process, sys.argv[2])
    count += 1
differ(sys.argv[1], "processes", count, len(os.listdir(sys.argv[2])))
sys.exit(failed)
