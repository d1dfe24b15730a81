"""People: one posable body of bones and skin, in clothes, with hair, hats and what they carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from simgen.assets.families.carried import CarriedName, carried_parts
from simgen.assets.families.clothes import LegsName, TopName, clothes
from simgen.assets.families.fabrics import FabricName, fabric
from simgen.assets.families.figure import Figure, Sex, figure
from simgen.assets.families.head import EAR, EYE, NOSE, HairName, HatName, face_texture, head_parts
from simgen.assets.families.limbs import arm_parts, leg_parts
from simgen.assets.families.posture import UPRIGHT, Joints, Posture, draw_stand, draw_walk, pose_joints
from simgen.assets.families.shapes import assemble, pick
from simgen.assets.families.trunk import trunk_parts
from simgen.geometry.pose import Vector3
from simgen.scene.asset import Asset
from simgen.scene.keypoints import PERSON
from simgen.scene.material import Material, linear_from_srgb, make_material, rgb

SKINS = ("#f2cfb4", "#ecc3a0", "#e0b08c", "#d09a72", "#b98258", "#9c6844", "#7d5034", "#5f3b27", "#452a1c")
HAIRS = ("#16110f", "#1b1512", "#2b1d14", "#3a281b", "#4a3020", "#6b4a2e", "#8f6a40", "#b79461", "#5c2a1a")
GREYS = ("#6f6d6a", "#8f8d8a", "#b5b2ac", "#d2cfc8")
TOPS = ("#22262e", "#2b3a55", "#3b4a63", "#6d7278", "#9a9fa4", "#b9bcbf", "#e4e2dc", "#7c2f2c", "#2f5240", "#59684a",
        "#8a7a5c", "#39303f", "#c39a3c", "#4d7fa3", "#111214", "#6e4a3a", "#a45a52", "#d8c8ae", "#20504f")  # fmt: skip
TROUSERS = (
    "#1c2027",
    "#27344d",
    "#2f4468",
    "#3d4f70",
    "#5c5f63",
    "#8d8268",
    "#3b3530",
    "#111214",
    "#5b4a3a",
    "#747b80",
    "#b3a88e",
)
SHOES = ("#141415", "#3a2a20", "#d8d8d6", "#5b5d63", "#6e4a30", "#1f2a44", "#8b1f24", "#efefec")
BRIGHT = ("#c8342f", "#2f76b8", "#e0a92c", "#3f9a58", "#d86fa0", "#7a5cc0", "#e4e2dc", "#e2642a", "#37b3b0")
HI_VIS = ("#d8f02a", "#ff6a13")

Age = Literal["child", "adult", "elderly"]


def person(
    *,
    name: str = "person",
    height_m: float = 1.75,
    girth: float = 1.0,
    sex: Sex = "male",
    age_years: float = 35.0,
    posture: Posture = UPRIGHT,
    top: TopName = "shirt",
    legs: LegsName = "trousers",
    loose: float = 1.0,
    stockings: bool = False,
    bands: bool = False,
    hair: HairName = "short",
    hat: HatName = "none",
    beard: float = 0.0,
    glasses: bool = False,
    carried: tuple[CarriedName, ...] = (),
    carried_size: float = 0.5,
    face: float = 0.0,
    fabrics: tuple[FabricName, FabricName] = ("plain", "plain"),
    colors: dict[str, str],
) -> Asset:
    """Return a clothed person facing +x, with COCO's 17 keypoints.

    All but ``posture`` is who it is: the same body in another posture is the same person.

    Args:
        name: of the asset.
        height_m: standing upright, in shoes.
        girth: breadth and depth, 1 for a slim adult, 1.35 for a heavy one.
        sex: whose proportions.
        age_years: below 16 a child's proportions by stature; above 60 a bent back.
        posture: the joints' angles.
        top: what trunk and arms are in.
        legs: what the legs are in.
        loose: how wide the clothes are cut, about 1.
        stockings: whether legs that would be bare are in tights.
        bands: reflecting bands on chest, arms and legs.
        hair: its cut.
        hat: what is on the head.
        beard: 0 (shaven) to 1.
        glasses: whether there are any.
        carried: what is carried.
        carried_size: of that, 0 to 1.
        face: -1 to 1, narrow to broad; it varies the creases of the clothes, too.
        fabrics: patterns of top and trousers.
        colors: ``#rrggbb`` of skin, hair, top, trousers, shoes, hat, bag and inner (the shirt below a jacket).
    """
    body = figure(height_m, sex=sex, girth=girth, age_years=age_years)
    worn = clothes(top, legs, loose=loose, stockings=stockings, bands=bands, phase=3.0 * face)
    joints = pose_joints(body, posture)
    parts = [
        *trunk_parts(joints, body, worn),
        *head_parts(joints.head, joints.head_turn, body.head_m, hair=hair, hat=hat, glasses=glasses, shape=face),
        *arm_parts(joints, body, worn, posture.curl),
        *leg_parts(joints, body, worn),
        *carried_parts(carried, joints, body, carried_size),
    ]
    materials = _materials(colors, beard=beard, lips=1.0 if sex == "female" else 0.4, face=face, fabrics=fabrics)
    return assemble(name, "person", parts, materials, keypoints=person_keypoints(joints, body))


def person_keypoints(joints: Joints, body: Figure) -> dict[str, Vector3]:
    """Return COCO's keypoints of a body: joints' middles, eyes and ears and the tip of the nose on the surface."""
    found = {"nose": joints.head + joints.head_turn @ np.array(NOSE) * body.head_m}
    for k, side in enumerate(("left", "right")):
        mirror = np.array([1.0, 1.0 - 2.0 * k, 1.0]) * body.head_m
        found[f"{side}_eye"] = joints.head + joints.head_turn @ (np.array(EYE) * mirror)
        found[f"{side}_ear"] = joints.head + joints.head_turn @ (np.array(EAR) * mirror)
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
            found[f"{side}_{joint}"] = getattr(joints, joint)[k]
    return {n: (float(found[n][0]), float(found[n][1]), float(found[n][2])) for n in PERSON.names}


def draw_person(
    rng: np.random.Generator,
    *,
    age: Age,
    posture: Callable[[np.random.Generator], Posture],
    worker: bool = False,
    hands_free: bool = False,
    rides: bool = False,
) -> Asset:
    """Draw a person, then its posture; who it is does not depend on the posture.

    Args:
        rng: of the draws.
        age: how old.
        posture: draws how it stands, walks, sits.
        worker: whether it is dressed for work on the road.
        hands_free: whether nothing may be in the hands.
        rides: whether two in three wear a helmet.
    """
    look = draw_who(rng, age, worker=worker)
    if rides and look["face"] > -0.33:
        look |= {"hat": "helmet"}
    if hands_free:
        look |= {"carried": tuple(item for item in look["carried"] if item in ("backpack", "shoulder_bag"))}
    return person(**posed(look, posture(rng)))


def posed(look: dict[str, Any], posture: Posture) -> dict[str, Any]:
    """Return what `person` needs of somebody in a posture: clothes and hands go by it."""
    carried, legs, top = look["carried"], look["legs"], look["top"]
    # What hangs from the waist or the hands is for those who are upright.
    if max(posture.hip_deg) > 48.0 or posture.pitch_deg:
        carried, legs = (), "trousers" if legs in ("skirt", "dress") else legs
        top = "jacket" if top == "coat" else top
    if max(posture.elbow_deg) < 90.0:
        carried = tuple(item for item in carried if item != "phone")
    return look | {"carried": carried, "legs": legs, "top": top, "posture": _holding(posture, carried)}


def draw_look(rng: np.random.Generator, *, child: bool, walking: bool) -> dict[str, Any]:
    """Draw all that `person` needs of one who stands or walks; who it is does not depend on the posture."""
    look = draw_who(rng, "child" if child else "adult", worker=False)
    return look | {"posture": _holding(draw_walk(rng) if walking else draw_stand(rng), look["carried"])}


def _holding(posture: Posture, carried: tuple[str, ...]) -> Posture:
    """Return a posture whose arms hold what is carried."""
    shoulder, elbow, reach, spread = posture.shoulder_deg, posture.elbow_deg, posture.reach_deg, posture.spread_deg
    if "umbrella" in carried:
        shoulder, elbow, reach = (shoulder[0], 28.0), (elbow[0], 98.0), (reach[0], 30.0)
    if "stick" in carried:
        shoulder, elbow, reach = (shoulder[0], 10.0), (elbow[0], 38.0), (reach[0], 0.0)
    if "board" in carried:
        shoulder, elbow, reach, spread = (4.0, shoulder[1]), (14.0, elbow[1]), (0.0, reach[1]), 10.0
    if "shopping_bag" in carried or "case" in carried:
        shoulder, elbow, spread = (shoulder[0] * 0.4, shoulder[1]), (8.0, elbow[1]), max(spread, 12.0)
    return replace(posture, shoulder_deg=shoulder, elbow_deg=elbow, reach_deg=reach, spread_deg=spread)


def draw_who(rng: np.random.Generator, age: Age, *, worker: bool) -> dict[str, Any]:
    """Draw who somebody is: body, clothes, hair, what is carried."""
    sex: Sex = "female" if rng.random() < (0.12 if worker else 0.5) else "male"
    years, height, girth = _body(rng, age, sex)
    top, legs = _outfit(rng, age, sex, worker)
    hair, hat = _hair_and_hat(rng, age, sex, worker)
    bearded = sex == "male" and age != "child" and rng.random() < 0.4
    grey = age == "elderly" and rng.random() < 0.8
    bright = age == "child" and rng.random() < 0.6
    plain = worker or rng.random() < 0.62
    patterns: tuple[FabricName, ...] = ("plain", "heather", "stripes", "checks", "print", "knit")
    colors = {
        "skin": pick(rng, SKINS),
        "hair": pick(rng, GREYS if grey else HAIRS),
        "top": pick(rng, HI_VIS if worker else BRIGHT if bright else TOPS),
        "trousers": pick(rng, TROUSERS),
        "shoes": pick(rng, SHOES),
        "hat": pick(rng, ("#f2d21f", "#f4f4f0", "#e2642a", "#2f76b8") if worker else (*BRIGHT, *TOPS)),
        "bag": pick(rng, (*TOPS, *BRIGHT)),
        "inner": pick(rng, ("#e4e2dc", "#b9bcbf", "#22262e", "#8fa6bd", "#7c2f2c")),
    }
    return {
        "height_m": height,
        "girth": girth,
        "sex": sex,
        "age_years": years,
        "top": top,
        "legs": legs,
        "loose": float(rng.uniform(0.75, 1.35)),
        "stockings": bool(rng.random() < 0.5),
        "bands": worker,
        "hair": hair,
        "hat": hat,
        "beard": float(rng.uniform(0.2, 0.9)) if bearded else 0.0,
        "glasses": bool(rng.random() < (0.6 if age == "elderly" else 0.2)),
        "carried": _carried(rng, age, worker),
        "carried_size": float(rng.random()),
        "face": float(rng.uniform(-1.0, 1.0)),
        "fabrics": ("plain", "plain") if plain else (pick(rng, patterns), pick(rng, ("plain", "heather", "plain"))),
        "colors": colors,
    }


def draw_carrier(rng: np.random.Generator) -> dict[str, Any]:
    """Draw who carries a large board under an arm."""
    return draw_who(rng, "adult", worker=False) | {"carried": ("board",), "carried_size": float(rng.uniform(0.7, 1.0))}


def _body(rng: np.random.Generator, age: Age, sex: Sex) -> tuple[float, float, float]:
    """Draw age, stature in shoes and girth; adult statures after NCD-RisC 2016 for Europe, shoes 3 cm."""
    mean = 1.80 if sex == "male" else 1.67
    if age == "child":
        years = float(rng.uniform(3.5, 13.0))
        return (
            years,
            float(np.clip(0.83 + 0.063 * years + rng.normal(0.0, 0.04), 0.98, 1.58)),
            float(rng.uniform(0.9, 1.12)),
        )
    if age == "elderly":
        height = float(np.clip(rng.normal(mean - 0.05, 0.065), 1.48, 1.92))
        return float(rng.uniform(66.0, 88.0)), height, float(np.clip(rng.normal(1.14, 0.12), 0.92, 1.4))
    height = float(np.clip(rng.normal(mean, 0.07), 1.5, 2.0))
    return float(rng.uniform(18.0, 60.0)), height, float(np.clip(0.93 + rng.gamma(2.0, 0.065), 0.93, 1.42))


def _outfit(rng: np.random.Generator, age: Age, sex: Sex, worker: bool) -> tuple[TopName, LegsName]:
    if worker:
        return "hi_vis", "trousers"
    tops: tuple[TopName, ...] = ("shirt", "shirt", "t_shirt", "t_shirt", "jacket", "jacket", "coat", "sleeveless")
    top = pick(rng, tops)
    if sex == "female" and rng.random() < 0.34:
        return top if top != "coat" else "jacket", pick(rng, ("skirt", "dress", "dress"))
    if top in ("t_shirt", "sleeveless") and rng.random() < (0.6 if age == "child" else 0.4):
        return top, "shorts"
    return top, pick(rng, ("trousers", "trousers", "trousers", "wide_trousers"))


def _hair_and_hat(rng: np.random.Generator, age: Age, sex: Sex, worker: bool) -> tuple[HairName, HatName]:
    cuts: tuple[HairName, ...]
    if sex == "female":
        cuts = ("bob", "long", "long", "ponytail", "bun", "short", "curly")
    elif age == "elderly":
        cuts = ("short", "buzz", "bald", "short")
    else:
        cuts = ("short", "short", "short", "buzz", "curly") + (("bald",) if age == "adult" else ())
    hair = pick(rng, cuts)
    hats: tuple[HatName, ...] = ("cap", "cap", "beanie", "beanie", "brimmed", "hood")
    if sex == "female":
        hats = (*hats, "headscarf", "headscarf")
    wears = rng.random() < (0.35 if age == "child" else 0.22)
    drawn = pick(rng, hats)
    return hair, "hard_hat" if worker else drawn if wears else "none"


def _carried(rng: np.random.Generator, age: Age, worker: bool) -> tuple[CarriedName, ...]:
    share, hand = float(rng.random()), float(rng.random())
    if worker:
        return ("board",) if hand < 0.15 else ()
    on_back: tuple[CarriedName, ...] = ()
    if share < 0.22:
        on_back = ("backpack",)
    elif share < 0.36 and age != "child":
        on_back = ("shoulder_bag",)
    if age == "child":
        return on_back
    if age == "elderly" and hand < 0.35:
        return (*on_back, "stick")
    kinds: tuple[tuple[float, CarriedName], ...] = (
        (0.10, "shopping_bag"), (0.14, "case"), (0.19, "umbrella"), (0.205, "board"), (0.5, "phone")
    )  # fmt: skip
    held: CarriedName | None = next((item for limit, item in kinds if hand < limit), None)
    return on_back if held is None else (*on_back, held)


def _materials(
    colors: dict[str, str], *, beard: float, lips: float, face: float, fabrics: tuple[FabricName, FabricName]
) -> list[Material]:
    hair = tuple(int(colors["hair"][i : i + 2], 16) for i in (1, 3, 5))
    # The face's texture multiplies the skin's colour: hair over dark skin must not come out darker than hair.
    skin = np.maximum(linear_from_srgb(colors["skin"]), 0.02)
    factor = np.clip(linear_from_srgb(np.array(hair) / 255.0) / skin, 0.0, 1.0) ** (1 / 2.2) * 255.0
    brows = (int(factor[0]), int(factor[1]), int(factor[2]))
    drawn = face_texture(brows, beard=beard, lips=lips, seed=face)
    return [
        make_material("skin", "skin", rgb(colors["skin"])),
        make_material("face", "skin", rgb(colors["skin"]), texture=drawn),
        make_material("hair", "hair", rgb(colors["hair"])),
        make_material("top", "cloth", rgb(colors["top"]), texture=fabric(fabrics[0], face), tintable=True),
        make_material("trousers", "cloth", rgb(colors["trousers"]), texture=fabric(fabrics[1], face), tintable=True),
        make_material("inner", "cloth", rgb(colors["inner"])),
        make_material("stocking", "cloth", rgb("#1b191b")),
        make_material("belt", "leather", rgb("#241a14")),
        make_material("shoes", "leather", rgb(colors["shoes"])),
        make_material("sole", "rubber", rgb("#2a2a2b")),
        make_material("band", "retro_sheet", rgb("#c9ccce")),
        make_material("hat", "cloth", rgb(colors["hat"]), tintable=True),
        make_material("frame", "plastic", rgb("#141312")),
        make_material("bag", "cloth", rgb(colors["bag"]), tintable=True),
        make_material("strap", "cloth", rgb("#1d1c1d")),
        make_material("umbrella", "cloth", rgb(colors["bag"]), roughness=0.5, tintable=True),
        make_material("metal", "metal", rgb("#9a9da0")),
        make_material("phone", "plastic", rgb("#0d0e10"), roughness=0.1),
        make_material("board", "wood", rgb("#b9935f")),
        make_material("wood", "wood", rgb("#5a3b22")),
    ]
