"""Claims about the command line."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import warnings

import pytest

from simgen.cli.main import main
from simgen.run import store


def run(*arguments):
    """What a command prints, and its exit status; in this process, where all that it imports is loaded already."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["simgen", *map(str, arguments)])
        patch.setattr(warnings, "showwarning", warnings.showwarning)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                status = end.code or 0
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def test_help_names_every_command_in_words_a_newcomer_knows():
    command = [sys.executable, "-m", "simgen.cli.main", "--help"]
    environment = {**os.environ, "COLUMNS": "120"}
    text = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
    for command in ("generate", "preview", "check", "recipes", "schema", "doctor", "assets", "sensors"):
        assert command in text
    assert "simgen generate quickstart --out out/quickstart" in text


def test_recipes_are_listed_with_what_they_make():
    lines = run("recipes").stdout.splitlines()
    assert any(line.startswith("street") and "100 frames" in line for line in lines)
    assert any(line.startswith("demo") and "160 frames" in line for line in lines)


def test_sensors_are_listed_with_their_figures_in_words_and_as_json():
    lines = run("sensors", "list").stdout.splitlines()
    assert any(line.startswith("Livox-Avia") and "rosette" in line and "240,000" in line for line in lines)
    assert any(line.startswith("kitti_color") and "1242 x 375" in line for line in lines)
    told = json.loads(run("sensors", "list", "--json").stdout)
    assert told["lidars"]["VLS-128"]["rings"] == 128 and told["cameras"]["kitti_color"]["width_px"] == 1242


def test_the_schema_is_json_that_knows_every_randomizer():
    schema = json.loads(run("schema").stdout)
    assert {"Traffic", "Drop", "Ego", "Daylight"} <= set(schema["$defs"])


def test_a_bad_recipe_ends_with_one_clear_message_and_leaves_nothing(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: x\nplace: table_room\nframes: -1\nsensors: [{kind: camera}]\nsped: 3\n")
    done = run("generate", bad, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "unknown key 'sped'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_bad_sensor_file_ends_with_its_name_key_and_value(tmp_path, monkeypatch):
    sensor, recipe = tmp_path / "mine.yaml", tmp_path / "recipe.yaml"
    sensor.write_text("beams: VLP-16\ncolumns: 600\nrate_hz: 10.0\nmin_range_m: 0.5\nmax_range_m: 80.0\n"
                      "range_at_10_percent_m: .nan\nrange_noise_m: 0.01\n")  # fmt: skip
    recipe.write_text("name: x\nplace: street\nframes: 1\nsensors: [{kind: lidar, model: mine.yaml}]\n")
    monkeypatch.chdir(tmp_path)
    done = run("generate", recipe, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {recipe}: sensors.0: mine.yaml: range_at_10_percent_m: input should be a finite number, got NaN\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_pack_that_is_missing_is_told_with_the_command_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path / "empty"))
    done = run("generate", "street", "--out", tmp_path / "out", "--frames", 1)
    assert done.returncode == 1
    assert "simgen assets install sweethome3d" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture
def copy(table_data, tmp_path):
    return shutil.copytree(table_data.root, tmp_path / "copy")


def test_check_passes_a_sound_data_set_and_fails_one_that_was_touched(copy):
    good = run("check", copy)
    assert (good.returncode, good.stderr.count("Traceback")) == (0, 0)
    assert "0 faults" in good.stdout
    picture = next((copy / "images").rglob("*.png"))
    data = bytearray(picture.read_bytes())
    data[len(data) // 2] ^= 1
    picture.write_bytes(bytes(data))
    bad = run("check", copy)
    assert bad.returncode == 1
    assert picture.name in bad.stdout


def test_preview_writes_a_sheet_beside_the_data(copy):
    done = run("preview", copy, "--frames", 2)
    assert done.returncode == 0
    assert (copy / "preview.png").stat().st_size > 20_000
    assert run("check", copy).returncode == 0


def test_preview_colours_points_by_a_field_and_draws_whole_sweeps(copy):
    done = run("preview", copy, "--sweep", 1, "--points", "time")
    assert done.returncode == 0, done.stderr
    assert (copy / "sweep_000001.png").stat().st_size > 20_000
    done = run("preview", copy, "--points", "colour")
    assert done.returncode == 1
    assert done.stderr.startswith("error: points cannot be coloured by 'colour'; choose one of range, intensity, ")


def test_a_folder_without_a_data_set_is_told(tmp_path):
    done = run("check", tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path}: not a finished data set: it has no {store.MANIFEST}" in done.stderr
