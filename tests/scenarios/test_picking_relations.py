"""Claims about relations in bins: each tells what was made for it from what was not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simgen.assets.families import family_asset
from simgen.geometry.pose import CAMERA_AXES, at, look_at
from simgen.places.bin import tote
from simgen.randomize.reach import Reach
from simgen.scenarios.picking import (
    AgainstWall,
    AtBorder,
    Cluttered,
    Entangled,
    GripperHides,
    Stacked,
    Surfaces,
    Symmetric,
    Tiny,
    broken_in_bin,
)
from simgen.scene.camera import Camera
from simgen.scene.material import make_material
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

INNER_M = (0.4, 0.3, 0.15)
WALL_M = 0.005
CORNERS = ((-0.2, -0.15), (0.2, -0.15), (0.2, 0.15), (-0.2, 0.15))


def laid(*placed, away_m=0.7):
    """A bin at the origin with ``(family, variant, pose)`` in it, seen from straight above."""
    camera = Camera(name="camera", width_px=640, height_px=480, fx_px=640.0, fy_px=640.0, cx_px=320.0, cy_px=240.0)
    walls = tote(INNER_M, WALL_M, make_material("tote", "plastic"))
    things = [Instance(id=1, name="bin", asset=walls, world_from_object=at(0.0, 0.0, 0.0))]
    for k, (family, variant, pose) in enumerate(placed):
        asset = family_asset(family, variant)
        things.append(Instance(id=2 + k, name=f"drop_{k}", asset=asset, world_from_object=pose))
    area = Area(name="bin", use="bin", corners_m=CORNERS, z_m=WALL_M, rim_m=INNER_M[2])
    return Scene(
        objects=tuple(things), sensors=(camera,), regions=(area,),
        world_from_rig=look_at((0.0, 0.01, away_m), (0.0, 0.0, 0.0)) @ CAMERA_AXES.inverse,
    )  # fmt: skip


def told(relation, scene):
    return list(broken_in_bin(relation, scene))


def flat(x, y, z=WALL_M):
    return at(x, y, z)


def test_an_empty_bin_is_told_as_such():
    assert told(Symmetric(), laid()) == ["symmetric: nothing lies there"]


@pytest.mark.parametrize(
    ("of", "family"),
    [("transparent", "vial"), ("mirror", "ring"), ("black", "grommet"), ("textureless", "prism")],
)
def test_a_surface_is_what_its_part_is_made_of(of, family):
    scene = laid((family, 0, flat(0.0, 0.0)))
    assert told(Surfaces(of=of), scene) == []
    assert of == "textureless" or told(Surfaces(of=of), laid(("nut", 0, flat(0.0, 0.0)))) != []


def test_boxes_with_print_are_not_textureless_and_a_bracket_has_no_symmetry():
    assert told(Surfaces(of="textureless"), laid(("carton", 0, flat(0.0, 0.0)))) != []
    assert told(Symmetric(), laid(("nut", 0, flat(0.0, 0.0)))) == []
    assert told(Symmetric(), laid(("bracket", 0, flat(0.0, 0.0)))) != []


def test_a_ring_round_a_bolt_is_entangled_and_one_beside_it_is_not():
    around = laid(("ring", 0, flat(0.0, 0.0)), ("bolt", 0, flat(0.0, 0.0)))
    beside = laid(("ring", 0, flat(0.0, 0.0)), ("bolt", 0, flat(0.06, 0.0)))
    assert told(Entangled(at_least=1), around) == [] and told(Entangled(at_least=1), beside) != []


def test_a_nut_on_a_prism_is_stacked_and_one_a_centimetre_above_is_not():
    high = family_asset("prism", 1).size_m[2]
    on = laid(("prism", 1, flat(0.0, 0.0)), ("nut", 0, flat(0.0, 0.0, WALL_M + high + 0.001)))
    over = laid(("prism", 1, flat(0.0, 0.0)), ("nut", 0, flat(0.0, 0.0, WALL_M + high + 0.011)))
    assert told(Stacked(at_least=1), on) == [] and told(Stacked(at_least=1), over) != []


def test_a_prism_within_a_millimetre_of_the_wall_is_against_it():
    reach = family_asset("prism", 1).size_m[0] / 2
    near, far = (laid(("prism", 1, flat(0.2 - reach - gap, 0.0))) for gap in (0.001, 0.01))
    assert told(AgainstWall(at_least=1), near) == [] and told(AgainstWall(at_least=1), far) != []


def test_parts_grow_smaller_in_the_picture_with_the_distance():
    size_px = 640 * family_asset("prism", 1).size_m[0] / 0.7
    near, far = laid(("prism", 1, flat(0.0, 0.0))), laid(("prism", 1, flat(0.0, 0.0)), away_m=7.0)
    assert told(Tiny(most_px=size_px), near) != [] and told(Tiny(most_px=size_px / 5), far) == []


def test_a_part_at_the_edge_of_the_picture_is_cut_and_one_in_the_middle_is_not():
    edge = 0.5 * (0.35 - WALL_M)
    assert told(AtBorder(at_least=1), laid(("prism", 1, flat(edge, 0.0)), away_m=0.35)) == []
    assert told(AtBorder(at_least=1), laid(("prism", 1, flat(0.0, 0.0)), away_m=0.35)) != []


def test_a_part_under_another_makes_clutter():
    under = laid(("nut", 0, flat(0.0, 0.0)), ("prism", 1, flat(0.0, 0.0, 0.05)))
    apart = laid(("nut", 0, flat(-0.1, 0.0)), ("prism", 1, flat(0.1, 0.0)))
    assert told(Cluttered(at_least=2, share=0.5), under) == []
    assert told(Cluttered(at_least=2, share=0.5), apart) != []


def test_a_gripper_over_a_part_hides_it_from_above_and_touches_nothing():
    scene = laid(("nut", 0, flat(0.0, 0.0)))
    assert told(GripperHides(share=0.3), scene) != []
    reached = Reach()(scene, Draws(0, "reach", 0), None)
    assert told(GripperHides(share=0.3), reached) == []
    tips = next(o for o in reached.objects if o.category == "gripper").world_vertices()
    assert tips[:, 2].min() > WALL_M
    again = Reach()(scene, Draws(0, "reach", 0), None)
    assert [o.world_from_object for o in again.objects] == [o.world_from_object for o in reached.objects]
    moved = replace(reached, objects=tuple(o for o in reached.objects if o.category != "gripper"))
    assert len(moved.objects) == len(reached.objects) - 1
