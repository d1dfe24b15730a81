"""Bullet comes in quietly, and nothing that others print meanwhile is lost."""

import subprocess
import sys


def _run(code: str) -> tuple[str, str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def test_bullet_is_imported_without_a_word() -> None:
    assert _run("import simgen.simulate.bullet") == ("", "")


def test_other_lines_printed_below_python_meanwhile_are_let_through() -> None:
    code = (
        "import os, sys\n"
        "print('before')\n"
        "class Printing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'pybullet':\n"
        "            os.write(1, b'to output\\n'); os.write(2, b'to error\\n')\n"
        "sys.meta_path.insert(0, Printing())\n"
        "import simgen.simulate.bullet\n"
        "print('after')\n"
    )
    assert _run(code) == ("before\nto output\nafter\n", "to error\n")


def test_bullet_can_be_imported_where_the_streams_are_closed() -> None:
    code = "import os; os.close(1); os.close(2); import simgen.simulate.bullet as b; assert b.pybullet.DIRECT"
    assert _run(code) == ("", "")
