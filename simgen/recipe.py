"""The `Recipe`: one YAML file says all there is to say about a data set."""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from simgen import spec
from simgen.assets.sensors import is_sensor_file, lidar_model
from simgen.design.coverage import Coverage
from simgen.design.targets import Targets
from simgen.errors import RecipeError, SimgenError
from simgen.export.coco import CocoWriter
from simgen.options import Labels, Sequence, Splits, Storage, TwinOf
from simgen.places.bin import PickingBin
from simgen.places.conveyor import Conveyor
from simgen.places.curved_road import CurvedRoad
from simgen.places.highway import Highway
from simgen.places.hill import Hill
from simgen.places.junction import Junction
from simgen.places.kitchen import Kitchen
from simgen.places.living_room import LivingRoom
from simgen.places.office import Office
from simgen.places.open_drive import OpenDrive
from simgen.places.pallet import LoadedPallet
from simgen.places.parking_lot import ParkingLot
from simgen.places.room import TableRoom
from simgen.places.roundabout import Roundabout
from simgen.places.rural_road import RuralRoad
from simgen.places.shelves import Shelves
from simgen.places.tote import Tote
from simgen.places.urban_street import UrbanStreet
from simgen.randomize.arrange import Arrange
from simgen.randomize.daylight import Daylight
from simgen.randomize.distractors import Distractors
from simgen.randomize.drop import Drop
from simgen.randomize.dropout import SensorDropout
from simgen.randomize.ego import Ego
from simgen.randomize.ego_body import EgoBody
from simgen.randomize.encounter import Encounter
from simgen.randomize.hdri_sky import HdriSkyDraw
from simgen.randomize.imaging import Imaging
from simgen.randomize.lens_dirt import LensDirtDraw
from simgen.randomize.lidar_phase import LidarPhase
from simgen.randomize.lit_windows import LitWindows
from simgen.randomize.materials import Materials
from simgen.randomize.occluder import Occluder
from simgen.randomize.orbit_camera import OrbitCamera
from simgen.randomize.paint import Paint
from simgen.randomize.people import Pedestrians
from simgen.randomize.reach import Reach
from simgen.randomize.remove import Remove
from simgen.randomize.room_lights import RoomLights
from simgen.randomize.scatter import Scatter
from simgen.randomize.stack import Stack
from simgen.randomize.street_lights import StreetLights
from simgen.randomize.vehicle_lights import EgoLights, VehicleLights
from simgen.randomize.vehicles import Parked, Traffic
from simgen.randomize.weather import WeatherDraw
from simgen.randomize.wild import Wild
from simgen.render.settings import RenderSettings
from simgen.resources import shipped
from simgen.rig import CameraMount, DepthCameraMount, LidarMount, Mount, RadarMount, check_unique, load_rig
from simgen.simulate.settle import Settle

NetworkPlace = CurvedRoad | Hill | Roundabout | Highway | ParkingLot | OpenDrive
Place = Annotated[
    UrbanStreet
    | Junction
    | RuralRoad
    | CurvedRoad
    | Hill
    | Roundabout
    | Highway
    | ParkingLot
    | OpenDrive
    | TableRoom
    | PickingBin
    | Conveyor
    | Tote
    | LoadedPallet
    | Shelves
    | Kitchen
    | LivingRoom
    | Office,
    spec.TAGGED,
]
AnyRandomizer = Annotated[
    Arrange
    | Daylight
    | Distractors
    | Drop
    | Ego
    | HdriSkyDraw
    | Encounter
    | EgoBody
    | LidarPhase
    | LensDirtDraw
    | Imaging
    | EgoLights
    | LitWindows
    | Materials
    | Occluder
    | OrbitCamera
    | Paint
    | Parked
    | Pedestrians
    | Reach
    | Remove
    | RoomLights
    | Scatter
    | SensorDropout
    | Stack
    | StreetLights
    | Traffic
    | VehicleLights
    | WeatherDraw
    | Wild,
    spec.TAGGED,
]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One data set.

    Attributes:
        name: what to call it.
        description: a sentence for its readers.
        place: name of a file in ``scenes/`` without ``.yaml``, or the path of one.
        frames: how many to make.
        frames_per_scene: how many views of each drawn scene; more are cheaper, fewer vary more.
        sequence: makes a scene's frames the instants of a world that moves; null for views of one instant.
        seed: all chance follows from it.
        assets: where models come from: ``families``, ``sweethome3d``, ``pybullet``, ``own``.
        sensors: cameras, LiDARs, depth cameras and radars on the rig.
        rig: name of a file in ``assets/rigs/`` without ``.yaml``, or the path of one: sensors that come before
            ``sensors``.
        randomizers: applied in this order.
        physics: how dropped objects come to rest.
        max_tries: how often a scene is drawn anew when objects cannot be placed.
        render: picture quality.
        labels: what labels are of where there is a choice.
        storage: how files are written.
        splits: shares of train, val and test.
        export: annotation formats to write.
        coverage: factors that are set scene by scene, by a design, in place of being drawn.
        targets: which outcomes the pictures are to show, and how often.
        twin_of: set by ``simgen twin``: what this is a counterfactual twin of.
    """

    name: str
    place: str
    frames: int
    sensors: tuple[Annotated[CameraMount | LidarMount | DepthCameraMount | RadarMount, spec.TAGGED], ...] = ()
    rig: str | None = None
    description: str = ""
    frames_per_scene: int = 1
    sequence: Sequence | None = None
    seed: int = 0
    assets: tuple[Literal["families", "sweethome3d", "pybullet", "own"], ...] = ("families",)
    randomizers: tuple[AnyRandomizer, ...] = ()
    physics: Settle = Settle()
    max_tries: int = 10
    render: RenderSettings = RenderSettings()
    labels: Labels = Labels()
    storage: Storage = Storage()
    splits: Splits = Splits()
    export: tuple[Annotated[CocoWriter, spec.TAGGED], ...] = (CocoWriter(),)
    coverage: Coverage | None = None
    targets: Targets | None = None
    twin_of: TwinOf | None = None

    def __post_init__(self) -> None:
        for key in ("frames", "frames_per_scene", "max_tries"):
            if getattr(self, key) < 1:
                raise ValueError(f"{key} must be 1 or more, got {getattr(self, key)}")
        try:
            mounts = self.mounts
        except SimgenError as error:
            raise ValueError("; ".join(str(error).splitlines())) from None
        if not mounts:
            raise ValueError(
                "sensors must name at least one camera, lidar, depth_camera or radar, or rig a file that does"
            )
        if not self.assets:
            raise ValueError("assets must name at least one source, such as families")
        check_unique("sensors", [s.name for s in mounts])
        check_unique("randomizers", [r.name for r in self.randomizers])
        if reserved := {r.name for r in self.randomizers} & {"place", "scene", "sensors", "coverage", "targets"}:
            raise ValueError(f"randomizers: the name {reserved.pop()!r} is taken; choose another")
        if self.targets is not None and not any(r.every == "frame" for r in self.randomizers):
            raise ValueError("targets choose among views drawn for each frame; set every: frame of a randomizer")
        if self.sequence is not None:
            self._check_sequence(self.sequence)
            if self.targets is not None:
                raise ValueError(
                    "targets steer single views; a sequence's frames follow from one another: leave one out"
                )

    def _check_sequence(self, sequence: Sequence) -> None:
        known = [r.name for r in self.randomizers if r.every == "frame"]
        if strangers := sorted(set(sequence.redraw) - set(known)):
            raise ValueError(
                f"sequence.redraw names {', '.join(strangers)}; "
                f"randomizers of every frame: {', '.join(known) or 'none'}"
            )
        for randomizer in self.randomizers:
            if randomizer.kind == "ego" and randomizer.every == "frame":
                raise ValueError(
                    f"randomizers: {randomizer.name!r} needs every: scene in a sequence, as its rig drives on"
                )

    @property
    def scenes(self) -> int:
        """How many scenes its frames need."""
        return -(-self.frames // self.frames_per_scene)

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The sensors of its rig, then its own.

        Raises:
            RecipeError: the rig's file is missing or faulty.
        """
        return (() if self.rig is None else load_rig(self.rig).sensors) + self.sensors

    def digest(self, place: Place) -> str:
        """Return the SHA-256 hex of everything that decides the data: recipe, place, rig, sensor and road files."""
        files = {s.model for s in self.mounts if isinstance(s, LidarMount) and is_sensor_file(s.model)}
        sensors = [spec.dump(lidar_model(model)) for model in sorted(files)]
        rig = [] if self.rig is None else [spec.dump(load_rig(self.rig))]
        roads = [place.digest] if isinstance(place, OpenDrive) else []
        values = json.dumps([spec.dump(self), spec.dump(place), *rig, *sensors, *roads], sort_keys=True)
        return hashlib.sha256(values.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Member:
    """One data set of a `Collection`.

    Attributes:
        name: of its folder in the collection's.
        recipe: name of a shipped recipe, or the path of a file.
        frames, seed: in place of the recipe's; null leaves them.
    """

    name: str
    recipe: str
    frames: int | None = None
    seed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Several data sets made by one command, each in a folder of its own.

    Attributes:
        name: what to call it.
        description: a sentence for its readers.
        sets: its data sets.
    """

    name: str
    sets: tuple[Member, ...]
    description: str = ""

    def __post_init__(self) -> None:
        if not self.sets:
            raise ValueError("sets must name at least one data set")
        check_unique("sets", [member.name for member in self.sets])


def load_recipe(name: str, **overrides: Any) -> Recipe:
    """Return the recipe of a YAML file, or a shipped one by its bare name.

    Args:
        name: path of a file, or a name such as ``street``.
        overrides: top-level keys to set in place of the file's; None leaves the file's.

    Raises:
        RecipeError: listing every fault at once.
    """
    path, data = _read(name)
    if _is_collection(data):
        raise RecipeError(f"{path}: is a collection of recipes ({', '.join(m['name'] for m in data['sets'])}), not one")
    if isinstance(data, dict):
        data |= {key: value for key, value in overrides.items() if value is not None}
    return spec.parse(Recipe, data, str(path))


def load_sets(name: str, frames: int | None = None, seed: int | None = None) -> dict[str, Recipe]:
    """Return the recipes of a YAML file by the folder each is made in: ``""`` for a single recipe.

    Args:
        name: path of a file, or a name such as ``street`` or ``demo``.
        frames: in place of the file's, in every data set; None leaves the file's.
        seed: likewise.

    Raises:
        RecipeError: listing every fault at once.
    """
    path, data = _read(name)
    if not _is_collection(data):
        return {"": load_recipe(name, frames=frames, seed=seed)}
    collection = spec.parse(Collection, data, str(path))
    return {
        member.name: load_recipe(
            member.recipe,
            frames=member.frames if frames is None else frames,
            seed=member.seed if seed is None else seed,
        )
        for member in collection.sets
    }


def load_place(name: str) -> Place:
    """Return the place of a YAML file, or a shipped one by its bare name.

    Raises:
        RecipeError: listing every fault at once.
    """
    path = _find(name, "scenes", "place")
    place: Place = spec.parse(cast("Any", Place), spec.read_yaml(path), str(path))
    return place


def shipped_recipes() -> tuple[str, ...]:
    """Return the names of the recipes that come with simgen."""
    return tuple(sorted(p.stem for p in shipped("configs").glob("*.yaml")))


def _read(name: str) -> tuple[Path, Any]:
    path = _find(name, "configs", "recipe")
    return path, spec.read_yaml(path)


def _is_collection(data: Any) -> bool:
    return isinstance(data, dict) and "sets" in data


def _find(name: str, folder: str, what: str) -> Path:
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    path = shipped(folder) / f"{name}.yaml"
    if not path.is_file():
        known = sorted(p.stem for p in shipped(folder).glob("*.yaml"))
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise RecipeError(f"no {what} {name!r}: {hint}known: {', '.join(known)}; a file of your own must end in .yaml")
    return path
