"""The command as a process: what it imports, how quick its help is, how it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from freehold.cli import main
from freehold.cli.lazy import LazyGroup

FREEHOLD = [sys.executable, "-P", "-m", "freehold.cli.main"]
NEED_NO_NODE = {"up", "demo", "doctor", "explain", "config check", "config edit", "node check", "node move-store"}
"""They start nodes (tests/e2e runs them), or look at what is there without one."""
HEAVY = {"libp2p", "trio", "starlette", "msgspec", "rich", "http", "cryptography", "nacl", "freehold.node"}


def run(*arguments, cwd=None, **environment):
    return subprocess.run(
        [*FREEHOLD, *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=cwd,
        env=os.environ | environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def leaves(
    group: click.Group = main.root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        elif command is not None:
            yield (*path, name), command


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from freehold.cli.main import run; code = run(['--help'])\n"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(result.stderr.split())
    assert "freehold.cli.main" in loaded
    assert not {name for name in loaded if any(name == heavy or name.startswith(heavy + ".") for heavy in HEAVY)}


def test_no_command_imports_the_node_or_its_libraries():
    modules = {command.callback.__module__ for _, command in leaves() if command.callback}
    names = "\n".join(f"importlib.import_module({module!r})" for module in sorted(modules))
    code = f"import importlib, sys\n{names}\nprint(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = result.stdout.split()
    assert "freehold.cli.commands.offer" in loaded
    assert not [name for name in loaded if name.partition(".")[0] in {"libp2p", "trio", "starlette", "sqlite3"}]
    assert not [name for name in loaded if name.startswith("freehold.node")]


def test_help_takes_less_than_100_ms_of_processor_time():
    spent = []
    for _ in range(5):
        process = subprocess.Popen([*FREEHOLD, "--help"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        spent.append(usage.ru_utime + usage.ru_stime)
    assert min(spent) < 0.1


@pytest.mark.parametrize("path", [path for path, _ in leaves()], ids=" ".join)
def test_every_command_explains_itself(path, capsys):
    assert main.run([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: freehold " + " ".join(path))
    if path != ("completion",):
        assert "--json" in shown
    assert "--folder" in shown or path in {("completion",), ("contract", "verify"), ("reputation", "check")}  # no node


def test_the_lines_of_the_root_help_name_every_command():
    assert isinstance(main.root, LazyGroup)
    shown = run("--help").stdout
    assert all(f"\n  {name} " in shown for name in main.COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        path
        for path, command in leaves()
        if not {path[0], " ".join(path)} & NEED_NO_NODE and not any(parameter.required for parameter in command.params)
    ],
    ids=" ".join,
)
def test_without_a_node_every_call_says_how_to_start_one(arguments, tmp_path, capsys):
    assert main.run([*arguments, "--folder", str(tmp_path / "none")]) == 3
    shown = capsys.readouterr().err
    assert "[not-running]" in shown
    assert "freehold up" in shown


def test_a_problem_comes_as_json_when_json_was_asked_for(tmp_path):
    result = run("status", "--json", "--folder", str(tmp_path))
    assert (result.returncode, result.stdout) == (3, "")
    assert json.loads(result.stderr)["code"] == "not-running"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["offfer"], "Did you mean 'offer'?"),
        (["offer", "publsh"], "Did you mean 'publish'?"),
        (["offer", "publish"], "--title"),
        (["offer", "list", "--limit", "0"], "--limit"),
        (["completion", "tcsh"], "tcsh"),
    ],
)
def test_a_slip_is_a_usage_error_with_a_pointer(arguments, said, capsys):
    assert main.run(arguments) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "[usage]" in shown


def test_a_mistake_of_ours_is_one_sentence_and_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr(main.root, "main", lambda *_, **__: {}["missing"])
    assert main.run(["status"]) == 1
    shown = capsys.readouterr().err
    assert "[internal]" in shown
    assert "Traceback" not in shown


def test_a_stop_from_the_keyboard_ends_with_130(monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(main.root, "main", stop)
    assert main.run(["status"]) == 130


def test_a_folder_with_a_path_too_long_for_a_socket_is_explained(tmp_path, capsys):
    assert main.run(["status", "--folder", str(tmp_path / ("x" * 120))]) == 1
    assert "[folder-too-long]" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(shell):
    result = run("completion", shell)
    assert result.returncode == 0
    assert "_FREEHOLD_COMPLETE" in result.stdout


def test_completion_completes():
    result = run(COMP_WORDS="freehold offer pu", COMP_CWORD="2", _FREEHOLD_COMPLETE="bash_complete")
    assert result.stdout.strip() == "plain,publish"


def test_nothing_is_imported_from_the_folder_one_stands_in(tmp_path):
    Path(tmp_path, "click.py").write_text("raise SystemExit('hijacked')")
    assert run("--version", cwd=tmp_path).returncode == 0
