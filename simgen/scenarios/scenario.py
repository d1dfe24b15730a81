"""Scenarios: small YAML files with ranges, the standard they follow, tags, and what must hold; each makes a recipe."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from simgen import spec
from simgen.distributions import Choice, Constant, Uniform
from simgen.errors import RecipeError
from simgen.options import Sequence
from simgen.randomize.actors import Actor
from simgen.randomize.daylight import Daylight
from simgen.randomize.encounter import Encounter
from simgen.randomize.lit_windows import LitWindows
from simgen.randomize.stage import EgoVehicle
from simgen.randomize.street_lights import StreetLights
from simgen.randomize.vehicle_lights import EgoLights, VehicleLights
from simgen.recipe import AnyRandomizer, Recipe
from simgen.render.settings import RenderSettings
from simgen.resources import shipped
from simgen.rig import CameraMount, LidarMount
from simgen.scenarios.relations import AnyRelation
from simgen.simulate.settle import Settle

INSTANTS = 6
"""Frames of a scenario's contact sheet."""

NIGHT = "_night"

Light = Literal["day", "night"]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One event to be seen.

    Attributes:
        title: what happens, in a line.
        standard: the protocol or catalogue it follows, with its name there; empty for none.
        tags: words to find it by.
        place: name of a file in ``scenes/``.
        light: by day, by night, or one scenario of each, the second named ``..._night``.
        camera: whether the rig's camera looks ahead or back.
        ego: the rig's vehicle; null where no vehicle drives.
        actors: who else.
        impact_s: when they meet.
        from_s, to_s: time of the first and the last instant to show; null for a quarter of ``impact_s`` and just
            before it.
        before: randomizers that fill the place first.
        after: randomizers that follow: weather, dirt.
        sky: of the day; null for a high sun.
        sensors: in place of the one camera.
        moves: whether it unfolds; else its pictures are views of one instant, each from where ``before`` and ``after``
            place the camera anew for every frame.
        redraw: names of randomizers that draw anew for every instant.
        shows: which of its six instants, from 0, is its picture in the gallery.
        fov_deg: horizontal field of view of its one camera; null for 66, and 100 to the rear.
        physics: whether what is dropped is shown as it falls.
        settle: how bodies grip and bounce.
        holds: what makes it this scenario; all of it is checked.
    """

    title: str
    holds: tuple[Annotated[AnyRelation, spec.TAGGED], ...]
    standard: str = ""
    tags: tuple[str, ...] = ()
    place: str = "test_street"
    light: tuple[Light, ...] = ("day",)
    camera: Literal["front", "rear"] = "front"
    ego: EgoVehicle | None = EgoVehicle()
    actors: tuple[Actor, ...] = ()
    impact_s: float = 3.5
    from_s: float | None = None
    to_s: float | None = None
    before: tuple[AnyRandomizer, ...] = ()
    after: tuple[AnyRandomizer, ...] = ()
    sky: Daylight | None = None
    sensors: tuple[Annotated[CameraMount | LidarMount, spec.TAGGED], ...] = ()
    moves: bool = True
    redraw: tuple[str, ...] = ()
    shows: int = 4
    fov_deg: float | None = None
    physics: Literal["settle", "record"] = "settle"
    settle: Settle = Settle()
    name: str = ""

    def __post_init__(self) -> None:
        if not self.holds:
            raise ValueError("holds must name at least one relation; without one nothing makes it this scenario")
        if not self.light:
            raise ValueError("light must name day, night, or both")
        first, last = self.span_s
        if not 0.0 <= first < last:
            raise ValueError(f"from_s must be 0 or more and before to_s, got {first} and {last}")
        if not 0 <= self.shows < INSTANTS:
            raise ValueError(f"shows must lie in 0 to {INSTANTS - 1}, got {self.shows}")
        if self.actors and self.ego is None:
            raise ValueError("actors need an ego vehicle to be placed by")

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last instant."""
        first = 0.15 * self.impact_s if self.from_s is None else self.from_s
        return first, self.impact_s - 0.12 if self.to_s is None else self.to_s

    @property
    def encounter(self) -> Encounter | None:
        """How its actors meet the ego vehicle, if one drives."""
        if self.ego is None:
            return None
        lasts = max(self.span_s[1], self.impact_s) + 0.5
        return Encounter(ego=self.ego, actors=self.actors, impact_s=self.impact_s, lasts_s=lasts)

    @property
    def seed(self) -> int:
        """Of its name alone, so that another scenario changes nothing here."""
        return int.from_bytes(hashlib.blake2b(self.name.encode(), digest_size=4).digest(), "big") >> 1

    def recipe(self, scenes: int = 1, instants: int = INSTANTS, width_px: int = 640) -> Recipe:
        """Return the recipe of a data set of this scenario, each of its scenes drawn anew from the ranges."""
        first, last = self.span_s
        rate = (instants - 1) / (last - first) if instants > 1 else 1.0
        return Recipe(
            name=self.name,
            description=self.title,
            place=self.place,
            frames=scenes * instants,
            frames_per_scene=instants,
            seed=self.seed,
            sequence=self._sequence(rate, first) if self.moves else None,
            physics=self.settle,
            sensors=self.sensors or (_camera(self.camera, self.ego, width_px, self.fov_deg),),
            randomizers=self._randomizers(),
            render=RenderSettings(),
        )

    def _sequence(self, rate_hz: float, start_s: float) -> Sequence:
        return Sequence(rate_hz=rate_hz, start_s=start_s, physics=self.physics, redraw=self.redraw)

    def _randomizers(self) -> tuple[AnyRandomizer, ...]:
        found: list[AnyRandomizer] = [*self.before]
        if self.encounter is not None:
            found.append(self.encounter)
        if self.light == ("night",):
            dark = Daylight(elevation_deg=Uniform(low=-40.0, high=-12.0), cover=Constant(value=0.3))
            found += [self.sky or dark, StreetLights(), LitWindows(), VehicleLights(every="frame")]
            if self.ego is not None:
                found.append(EgoLights(beam=Constant(value="low")))
        else:
            high = Daylight(elevation_deg=Uniform(low=25.0, high=60.0), cover=Choice(options=(0.0, 0.3, 1.0)))
            found.append(self.sky or high)
        return (*found, *self.after)


def scenario_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with simgen; two for a file with both lights."""
    paths = (shipped("scenes") / "scenarios").glob("*.yaml")
    return tuple(sorted(name for path in paths for name in _names_in(path)))


def load_scenario(name: str) -> Scenario:
    """Return a scenario by its name, or the (first) one of a YAML file.

    Raises:
        RecipeError: there is none of that name, or its file has faults; all are listed.
    """
    if name.endswith((".yaml", ".yml")):
        return _read(Path(name), Path(name).stem)
    folder = shipped("scenes") / "scenarios"
    for stem in (name, name.removesuffix(NIGHT)):
        path = folder / f"{stem}.yaml"
        if path.is_file() and name in _names_in(path):
            return _read(path, name)
    known = scenario_names()
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {', '.join(near)}?" if near else "'simgen scenarios list' shows what there is"
    raise RecipeError(f"no scenario {name!r}; {hint}")


def listing(scenario: Scenario) -> dict[str, Any]:
    """Return what the list of scenarios says of one."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "standard": scenario.standard,
        "tags": list(scenario.tags),
        "light": scenario.light[0],
        "place": scenario.place,
        "holds": [spec.dump(relation) for relation in scenario.holds],
    }


def _names_in(path: Path) -> tuple[str, ...]:
    """Return the scenarios of a file; its light is read without the rest, which `load_scenario` checks."""
    data = spec.read_yaml(path)
    light = data.get("light", ["day"]) if isinstance(data, dict) else ["day"]
    return (path.stem, path.stem + NIGHT) if light == ["day", "night"] else (path.stem,)


def _read(path: Path, name: str) -> Scenario:
    scenario = spec.load(Scenario, path)
    if len(scenario.light) > 1:
        light: Light = "night" if name.endswith(NIGHT) else "day"
        tags = (*scenario.tags, light)
        return replace(scenario, name=name, light=(light,), tags=tags)
    return replace(scenario, name=name, tags=(*scenario.tags, *scenario.light))


def _camera(
    which: Literal["front", "rear"], ego: EgoVehicle | None, width_px: int, fov_deg: float | None
) -> CameraMount:
    if which == "rear":
        back = -(ego.length_m if ego else 4.5) / 2
        return CameraMount(
            name="rear", width_px=width_px, height_px=round(width_px * 9 / 16), horizontal_fov_deg=fov_deg or 100.0,
            position_m=(back + 0.1, 0.0, 1.0), yaw_deg=180.0, pitch_deg=12.0,
        )  # fmt: skip
    return CameraMount(
        name="front", width_px=width_px, height_px=round(width_px * 9 / 16), horizontal_fov_deg=fov_deg or 66.0,
        position_m=(0.3, 0.0, 1.35), pitch_deg=2.0,
    )  # fmt: skip
