"""The snippets of docs/formats.md run on a data set and give what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


@pytest.fixture
def names(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Everything the page's snippets define, run one after the other in a data set's folder."""
    monkeypatch.chdir(dataset)
    defined: dict[str, Any] = {}
    for snippet in re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL):
        exec(compile(snippet, "docs/formats.md", "exec"), defined)
    return defined


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_snippets_run_and_agree_with_each_other(names: dict[str, Any]) -> None:
    annotation, k = names["annotation"], names["annotation"]["instance_id"]
    assert (names["mask"] == (names["instance_id"] == k)).all()
    truth = next(o for o in names["frame"]["objects"] if o["instance_id"] == k)
    pose = names["image"]["world_from_camera"]
    away = np.linalg.norm(np.subtract(truth["center_m"], pose["translation_m"]))
    assert annotation["distance_m"] == pytest.approx(away, abs=1e-5)
    assert len(names["factors"]) == 3
    assert names["record"].index == 2


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_points_of_an_object_lie_in_its_box_by_the_snippets_alone(names: dict[str, Any]) -> None:
    """Depth pixels in the camera's frame and LiDAR points in the world both fall into the cuboid."""
    annotation = names["annotation"]
    own = names["points"][names["instance_id"] == annotation["instance_id"]]
    away = np.linalg.norm(own - np.array(annotation["cuboid"]["center_camera_m"]), axis=1)
    assert away.max() <= np.linalg.norm(annotation["cuboid"]["size_m"]) / 2 + 0.01
    x0, y0, width, height = annotation["bbox"]
    u, v = names["middle_uv"]
    assert x0 - width <= u <= x0 + 2 * width
    assert y0 - height <= v <= y0 + 2 * height
    cloud, world_from_lidar = names["cloud"], names["world_from_lidar"]
    for truth, box in zip(names["frame"]["objects"], names["boxes"], strict=True):
        points = names["xyz"][cloud["instance_id"] == truth["instance_id"]] @ world_from_lidar[:3, :3].T
        box.extent = np.asarray(box.extent) + 0.15  # twice six sigma of the range
        inside = box.get_point_indices_within_bounding_box(
            type(names["o3d_cloud"].points)((points + world_from_lidar[:3, 3]).astype(float))
        )
        assert len(inside) == len(points) == truth["lidar_points"]["top"]
