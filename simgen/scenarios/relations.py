"""What makes a scenario what it is, told of the ways and shapes of its actors, before any picture is made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.randomize.encounter import Encounter
from simgen.scenarios.measures import actor_at, actor_of, first_touch_s, left_m, tilt_deg, visible_share
from simgen.scenarios.picking import (
    AgainstWall,
    AtBorder,
    Cluttered,
    Entangled,
    GripperHides,
    PickingRelation,
    Stacked,
    Surfaces,
    Symmetric,
    Tiny,
    broken_in_bin,
)
from simgen.scenarios.road import (
    Backs,
    ClosesIn,
    ComesOver,
    LeavesRoad,
    RestsOn,
    Roofed,
    Signals,
    Slides,
    broken_on_road,
)
from simgen.scene.camera import Camera
from simgen.scene.lidar import Lidar
from simgen.scene.scene import Scene
from simgen.scene.sequence import scene_at
from simgen.simulate.contact import near_pairs, penetration_m


@dataclass(frozen=True, kw_only=True)
class Meets:
    """The unbraked ego vehicle first touches an actor at the impact, and there.

    Attributes:
        actor: whom.
        percent: where on its front (or rear, in reverse), from the near side; null for anywhere.
        tolerance_m: of that place.
        tolerance_s: of the time.
    """

    kind: Literal["meets"] = "meets"
    actor: str
    percent: float | None = None
    tolerance_m: float = 0.05
    tolerance_s: float = 0.15


@dataclass(frozen=True, kw_only=True)
class HiddenUntil:
    """The camera sees less than a fifth of an actor until some time before the impact.

    Attributes:
        actor: whom.
        ttc_s: least and most time to collision at which more is first seen.
    """

    kind: Literal["hidden_until"] = "hidden_until"
    actor: str
    ttc_s: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Lies:
    """An actor's own up is turned from the vertical by at least ``tilt_deg``, and it rests on the ground."""

    kind: Literal["lies"] = "lies"
    actor: str
    tilt_deg: float = 75.0


@dataclass(frozen=True, kw_only=True)
class Against:
    """An actor comes towards the ego vehicle in the ego vehicle's own lane, ``offset_m`` from its middle at most."""

    kind: Literal["against"] = "against"
    actor: str
    offset_m: float = 0.8


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Until the impact no actor's body is deeper than ``depth_m`` in another's, a rider's vehicle aside."""

    kind: Literal["apart"] = "apart"
    depth_m: float = 0.03


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """At least ``at_least`` of a category are within ``within_m`` ahead of the ego vehicle at the last instant."""

    kind: Literal["gathered"] = "gathered"
    category: str
    at_least: int
    within_m: float


@dataclass(frozen=True, kw_only=True)
class SunAhead:
    """The sun stands within ``within_deg`` of the ego vehicle's way and no higher than ``below_deg``."""

    kind: Literal["sun_ahead"] = "sun_ahead"
    within_deg: float
    below_deg: float


@dataclass(frozen=True, kw_only=True)
class Air:
    """The weather is at least so bad.

    Attributes:
        rain_mm_per_h, snow_mm_per_h: least rates.
        visibility_m: most sight, 3 over the extinction; null for any.
        dark: whether the sun must be down.
    """

    kind: Literal["air"] = "air"
    rain_mm_per_h: float = 0.0
    snow_mm_per_h: float = 0.0
    visibility_m: float | None = None
    dark: bool = False


@dataclass(frozen=True, kw_only=True)
class DirtyLens:
    """Every camera's glass has at least so much dust, smear or frost (shares) or drops per square centimetre."""

    kind: Literal["dirty_lens"] = "dirty_lens"
    dust: float = 0.0
    smear: float = 0.0
    frost: float = 0.0
    drops_per_cm2: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Loses:
    """In at least ``at_least`` of the frames a sensor's signal is lost in part or whole.

    Attributes:
        sensor: whose.
        at_least: how many frames.
        share: least share of a picture or sweep.
    """

    kind: Literal["loses"] = "loses"
    sensor: str
    at_least: int = 1
    share: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Falls:
    """At least ``share`` of a category come down by ``drop_m`` or turn by ``turn_deg``, and end above the ground."""

    kind: Literal["falls"] = "falls"
    category: str
    drop_m: float = 0.05
    turn_deg: float = 20.0
    share: float = 0.5
    at_least: int = 1


AnyRelation = (
    Meets | HiddenUntil | Lies | Against | Apart | Gathered | SunAhead | Air | DirtyLens | Falls | Loses
    | ComesOver | Backs | RestsOn | Roofed | ClosesIn | Slides | LeavesRoad | Signals
    | PickingRelation
)  # fmt: skip


def broken(
    relation: AnyRelation,
    scene: Scene,
    encounter: Encounter | None,
    span_s: tuple[float, float],
    frames: tuple[Scene, ...] = (),
) -> list[str]:
    """Return what of a relation does not hold in a scene that unfolds; empty where it holds.

    Args:
        relation: what must hold.
        scene: with its tracks.
        encounter: that made it; None where no vehicle drives.
        span_s: first and last instant to show.
        frames: the scene as each frame has it, for `Loses`.
    """
    match relation:
        case Loses():
            return list(_loses(relation, frames))
        case SunAhead():
            return list(_sun(relation, scene))
        case Air():
            return list(_air(relation, scene))
        case DirtyLens():
            return list(_dirty(relation, scene))
        case Falls():
            return list(_falls(relation, scene, span_s))
        case Apart():
            return list(_apart(relation, scene, encounter, span_s))
        case Gathered():
            return list(_gathered(relation, scene, span_s))
        case (
            Cluttered() | Entangled() | Stacked() | Surfaces() | Symmetric()
            | Tiny() | AtBorder() | AgainstWall() | GripperHides()
        ):  # fmt: skip
            return list(broken_in_bin(relation, scene))
    if encounter is None:
        return [f"{relation.kind}: needs an ego vehicle"]
    match relation:
        case Meets():
            return list(_meets(relation, scene, encounter))
        case HiddenUntil():
            return list(_hidden(relation, scene, encounter))
        case Lies():
            return list(_lies(relation, scene, encounter))
        case Against():
            return list(_against(relation, scene, encounter, span_s))
        case _:
            return list(broken_on_road(relation, scene, encounter, span_s))


def _meets(relation: Meets, scene: Scene, encounter: Encounter) -> Iterator[str]:
    at = first_touch_s(scene, encounter, relation.actor)
    if at is None:
        yield f"meets: {relation.actor!r} is never touched"
        return
    if abs(at - encounter.impact_s) > relation.tolerance_s:
        yield f"meets: {relation.actor!r} is touched at {at:.2f} s, should be at {encounter.impact_s:.2f} s"
    if relation.percent is None:
        return
    now, body = actor_at(scene, encounter, relation.actor, encounter.impact_s)
    left = left_m(now, body)
    near = -1.0 if encounter.drive_on == "right" else 1.0
    wanted = near * (0.5 - relation.percent / 100.0) * encounter.ego.width_m
    if abs(left - wanted) > relation.tolerance_m:
        yield f"meets: {relation.actor!r} is met {left:.3f} m left of the middle, should be {wanted:.3f} m"


def _hidden(relation: HiddenUntil, scene: Scene, encounter: Encounter) -> Iterator[str]:
    low, high = relation.ttc_s
    target = actor_of(scene, encounter, relation.actor).id
    for ttc in np.arange(math.floor(encounter.impact_s / 0.1) * 0.1, 0.0, -0.1):
        if visible_share(scene_at(scene, encounter.impact_s - float(ttc)), target) >= 0.2:
            if not low - 0.05 <= ttc <= high + 0.05:
                seen = f"{relation.actor!r} is first seen {ttc:.1f} s before"
                yield f"hidden_until: {seen}, should be {low:g} to {high:g} s"
            return
    yield f"hidden_until: {relation.actor!r} is never seen"


def _lies(relation: Lies, scene: Scene, encounter: Encounter) -> Iterator[str]:
    actor = actor_of(scene, encounter, relation.actor)
    tilt = tilt_deg(actor.world_from_object)
    if tilt < relation.tilt_deg:
        yield f"lies: {relation.actor!r} is tilted by {tilt:.0f} degrees, should be {relation.tilt_deg:g} or more"
    lowest = float(actor.world_vertices()[:, 2].min())
    if not -0.03 <= lowest <= 0.25:
        yield f"lies: {relation.actor!r} is {lowest:.2f} m above the road"


def _against(relation: Against, scene: Scene, encounter: Encounter, span_s: tuple[float, float]) -> Iterator[str]:
    for time_s in span_s:
        now, body = actor_at(scene, encounter, relation.actor, time_s)
        turn = math.degrees(body.world_from_object.yaw_rad - now.world_from_rig.yaw_rad)
        facing = abs((turn + 180.0) % 360.0 - 180.0)
        left = left_m(now, body)
        if facing < 150.0 or abs(left) > relation.offset_m:
            yield (
                f"against: {relation.actor!r} heads {facing:.0f} degrees off, {left:.2f} m beside, at {time_s:.2f} s; "
                f"should be above 150 and within {relation.offset_m:g} m"
            )


def _apart(relation: Apart, scene: Scene, encounter: Encounter | None, span_s: tuple[float, float]) -> Iterator[str]:
    prefix = "" if encounter is None else f"{encounter.name}/"
    for time_s in np.linspace(*span_s, 5):
        now = scene_at(scene, float(time_s))
        actors = [o for o in now.objects if (o.name.startswith(prefix) if prefix else o.id in scene.tracks)]
        for one, other in near_pairs(actors, [], 0.0):
            if one.name.removesuffix("_rider") == other.name.removesuffix("_rider"):
                continue
            depth = penetration_m(one, other)
            if depth > relation.depth_m:
                yield f"apart: {one.name!r} and {other.name!r} are {depth:.3f} m deep in each other at {time_s:.2f} s"


def _gathered(relation: Gathered, scene: Scene, span_s: tuple[float, float]) -> Iterator[str]:
    now = scene_at(scene, span_s[1])
    to_rig = now.world_from_rig.inverse
    places = [to_rig.apply(np.array(o.world_from_object.translation_m)) for o in now.objects
              if o.category == relation.category]  # fmt: skip
    count = sum(bool(p[0] > 0.0 and np.hypot(p[0], p[1]) <= relation.within_m) for p in places)
    if count < relation.at_least:
        yield (
            f"gathered: {count} of {relation.category!r} within {relation.within_m:g} m ahead, "
            f"should be {relation.at_least} or more"
        )


def _sun(relation: SunAhead, scene: Scene) -> Iterator[str]:
    sun = scene.sun
    if sun is None:
        yield "sun_ahead: there is no sun"
        return
    turn = sun.azimuth_deg - math.degrees(scene.world_from_rig.yaw_rad)
    off = abs((turn + 180.0) % 360.0 - 180.0)
    if off > relation.within_deg or not 0.0 < sun.elevation_deg <= relation.below_deg:
        yield f"sun_ahead: the sun is {off:.0f} degrees beside the way, {sun.elevation_deg:.0f} degrees high"


def _air(relation: Air, scene: Scene) -> Iterator[str]:
    weather = scene.weather
    for key in ("rain_mm_per_h", "snow_mm_per_h"):
        if getattr(weather, key) < getattr(relation, key):
            yield f"air: {key} is {getattr(weather, key):g}, should be {getattr(relation, key):g} or more"
    if relation.visibility_m is not None:
        sight = 3.0 / max(weather.extinction_per_m, 1e-9)
        if sight > relation.visibility_m:
            yield f"air: one sees {sight:.0f} m far, should be {relation.visibility_m:g} m or less"
    if relation.dark and (scene.sun is None or scene.sun.elevation_deg > 0.0):
        yield "air: the sun is up"


def _dirty(relation: DirtyLens, scene: Scene) -> Iterator[str]:
    for sensor in scene.sensors:
        if not isinstance(sensor, Camera):
            continue
        for key in ("dust", "smear", "frost", "drops_per_cm2"):
            wanted = getattr(relation, key)
            found = 0.0 if sensor.lens_dirt is None else float(getattr(sensor.lens_dirt, key))
            if found < wanted:
                yield f"dirty_lens: {sensor.name} has {key} {found:g}, should have {wanted:g} or more"


def _loses(relation: Loses, frames: tuple[Scene, ...]) -> Iterator[str]:
    sensors = [s for f in frames for s in f.sensors if s.name == relation.sensor and isinstance(s, Camera | Lidar)]
    count = sum(s.dropout is not None and s.dropout.share >= relation.share for s in sensors)
    if count < relation.at_least:
        yield (
            f"loses: {relation.sensor!r} loses {relation.share:.0%} or more in {count} of {len(frames)} frames, should "
            f"in {relation.at_least} or more"
        )


def _falls(relation: Falls, scene: Scene, span_s: tuple[float, float]) -> Iterator[str]:
    first, last = scene_at(scene, span_s[0]), scene_at(scene, span_s[1])
    count = total = 0
    for before, after in zip(first.objects, last.objects, strict=True):
        if before.category != relation.category or before.id not in scene.tracks:
            continue
        total += 1
        dropped = before.world_from_object.translation_m[2] - after.world_from_object.translation_m[2]
        between = before.world_from_object.inverse @ after.world_from_object
        turned = math.degrees(2 * math.acos(min(1.0, abs(between.rotation_wxyz[0]))))
        count += dropped >= relation.drop_m or turned >= relation.turn_deg
        low = float(after.world_vertices()[:, 2].min())
        if low < -0.05:
            yield f"falls: {after.name!r} ends {-low:.2f} m below the ground"
    if count < max(relation.at_least, relation.share * total):
        yield f"falls: {count} of {total} of {relation.category!r} come down or over"
