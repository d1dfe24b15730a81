"""The visual shapes of a URDF file, its joints at zero."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simgen.errors import AssetError


@dataclass(frozen=True, kw_only=True, eq=False)
class Visual:
    """One visual shape.

    Attributes:
        file: path of its mesh, relative to the URDF; "" for a primitive.
        primitive: ("box", x, y, z), ("cylinder", radius, length), ("sphere", radius), or () for a mesh.
        scale: (3,) to multiply the mesh's vertices by.
        root_from_visual: (4, 4).
        color: RGB 0..1, or None where the URDF gives none.
    """

    file: str
    primitive: tuple[str | float, ...]
    scale: np.ndarray
    root_from_visual: np.ndarray
    color: tuple[float, float, float] | None


def read_visuals(path: Path) -> list[Visual]:
    """Return the visual shapes of all links, in file order.

    Raises:
        AssetError: the file is missing, is no URDF, or has no visual shape.
    """
    try:
        robot = ET.parse(path).getroot()
    except (OSError, ET.ParseError) as error:
        raise AssetError(f"{path}: not a readable URDF file: {error}") from error
    try:
        named = {m.get("name", ""): _color(m) for m in robot.findall("material")}
        links = _link_poses(robot)
        found = [
            _visual(visual, links[link.get("name", "")], named)
            for link in robot.findall("link")
            for visual in link.findall("visual")
        ]
    except (KeyError, ValueError, AttributeError) as error:
        raise AssetError(f"{path}: not a readable URDF file: {error!r}") from error
    if not found:
        raise AssetError(f"{path}: no <visual> shape in any link")
    return found


def _link_poses(robot: ET.Element) -> dict[str, np.ndarray]:
    """Return root-from-link matrices with all joints at zero."""
    parents = {}
    for joint in robot.findall("joint"):
        child, parent = joint.find("child"), joint.find("parent")
        if child is not None and parent is not None:
            parents[child.get("link", "")] = (parent.get("link", ""), _origin(joint))
    poses: dict[str, np.ndarray] = {}
    for link in robot.findall("link"):
        name, pose, steps = link.get("name", ""), np.eye(4), 0
        while name in parents:
            name, step = parents[name]
            pose, steps = step @ pose, steps + 1
            if steps > len(parents):
                raise ValueError(f"the joints above link {link.get('name')!r} go round in a circle")
        poses[link.get("name", "")] = pose
    return poses


def _origin(element: ET.Element) -> np.ndarray:
    """Return the matrix of an element's <origin>: fixed-axis roll, pitch, yaw, then the shift."""
    origin = element.find("origin")
    pose = np.eye(4)
    if origin is None:
        return pose
    roll, pitch, yaw = (float(v) for v in origin.get("rpy", "0 0 0").split())
    about_x = np.array([[1, 0, 0], [0, math.cos(roll), -math.sin(roll)], [0, math.sin(roll), math.cos(roll)]])
    about_y = np.array([[math.cos(pitch), 0, math.sin(pitch)], [0, 1, 0], [-math.sin(pitch), 0, math.cos(pitch)]])
    about_z = np.array([[math.cos(yaw), -math.sin(yaw), 0], [math.sin(yaw), math.cos(yaw), 0], [0, 0, 1]])
    pose[:3, :3] = about_z @ about_y @ about_x
    pose[:3, 3] = [float(v) for v in origin.get("xyz", "0 0 0").split()]
    return pose


def _visual(visual: ET.Element, link: np.ndarray, named: dict[str, tuple[float, float, float] | None]) -> Visual:
    geometry = visual.find("geometry")
    shape = None if geometry is None else next(iter(geometry), None)
    if shape is None:
        raise ValueError("a <visual> has no <geometry>")
    file, primitive, scale = "", (), np.ones(3)
    if shape.tag == "mesh":
        file = shape.attrib["filename"].removeprefix("file://").partition("package://")[2] or shape.attrib["filename"]
        scale = np.array([float(v) for v in shape.get("scale", "1 1 1").split()])
    elif shape.tag == "box":
        primitive = ("box", *(float(v) for v in shape.attrib["size"].split()))
    elif shape.tag == "cylinder":
        primitive = ("cylinder", float(shape.attrib["radius"]), float(shape.attrib["length"]))
    elif shape.tag == "sphere":
        primitive = ("sphere", float(shape.attrib["radius"]))
    else:
        raise ValueError(f"unknown shape <{shape.tag}>")
    material = visual.find("material")
    color = None
    if material is not None:
        color = _color(material) or named.get(material.get("name", ""))
    return Visual(file=file, primitive=primitive, scale=scale, root_from_visual=link @ _origin(visual), color=color)


def _color(material: ET.Element) -> tuple[float, float, float] | None:
    color = material.find("color")
    if color is None:
        return None
    r, g, b, *_ = (min(max(float(v), 0.0), 1.0) for v in color.attrib["rgba"].split())
    return r, g, b
