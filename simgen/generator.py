"""The scenes and frames of one recipe: index -> scene -> frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from simgen.annotate.flow import flow
from simgen.annotate.objects import annotate
from simgen.assets.library import Library
from simgen.design.coverage import Setting, settings
from simgen.design.targets import Targets
from simgen.design.tilt import Group, Plan
from simgen.errors import PlacementError, RecipeError
from simgen.frame import Flow, Frame, Observation, View
from simgen.observe import observe
from simgen.places.roads.network import Network
from simgen.recipe import NetworkPlace, Place, Recipe, load_place
from simgen.render.label_view import label_view
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.scene.sequence import scene_at
from simgen.simulate.behaviour import unfold
from simgen.simulate.record import record
from simgen.simulate.settle import settle
from simgen.steer import Candidate, Looker, choose, group_of, measured_values, plan_of
from simgen.streams import Draws
from simgen.trace.tracer import Tracer
from simgen.variants import with_values


class Generator:
    """Makes the frames of one recipe; holds what scenes share, so that it is loaded once a process."""

    def __init__(self, recipe: Recipe, place: Place | None = None, threads: int = 0, plan: Plan | None = None) -> None:
        """Open the recipe's place and assets; ``threads`` 0 uses all cores.

        ``plan`` is `plan`'s of another generator of the recipe; without it, it is worked out when it is needed.

        Raises:
            RecipeError: the place's file is missing or faulty.
            AssetError: a pack is not installed.
        """
        self.recipe = recipe
        self.place = load_place(recipe.place) if place is None else place
        self.library = Library(sources=recipe.assets)
        self._threads = threads
        self._plan = plan
        self._looker: tuple[Scene, Looker] | None = None
        self._settings: tuple[Setting, ...] = ()

    @property
    def plan(self) -> Plan:
        """How the recipe's targets are met; works it out on the pilot's frames when it is first asked for."""
        if self._plan is None:
            groups = [group for k in range(pilot_scenes(self.recipe)) for group in self.pilot(k)]
            self._plan = plan_of(self.recipe, groups)
        return self._plan

    def pilot(self, scene_index: int) -> list[Group]:
        """Return what the candidates of a scene's frames show, those of the recipe's pilot only.

        Raises:
            PlacementError: the scene, or a frame of it, cannot be drawn.
        """
        assert self.recipe.targets is not None, "only recipes with targets have a pilot"
        each = self.recipe.frames_per_scene
        recipe, _, _ = self._variant(scene_index)
        base, _ = self.draw_scene(scene_index)
        looker = Looker(recipe, base.objects, self._threads)
        last = min((scene_index + 1) * each, self.recipe.targets.pilot)
        return [
            group_of(recipe, index, self._candidates(recipe, base, index, looker))
            for index in range(scene_index * each, last)
        ]

    def outcomes(self, scene_index: int) -> Iterator[tuple[dict[str, Any], dict[str, list[float]]]]:
        """Yield, for each frame of a scene, its factors, and what its targets measure as factors tell it.

        No pictures are made; what is measured is as in full-sized ones.

        Raises:
            PlacementError: the scene, or a frame of it, cannot be drawn.
        """
        each = self.recipe.frames_per_scene
        recipe, _, _ = self._variant(scene_index)
        base, scene_factors = self.draw_scene(scene_index)
        looker: Looker | None = None
        if recipe.targets is not None:
            looker = Looker(replace(recipe, targets=replace(recipe.targets, reduce=1)), base.objects, self._threads)
        for index in range(scene_index * each, min((scene_index + 1) * each, recipe.frames)):
            scene, factors = self._draw_frame(recipe, base, index)
            achieved = {} if looker is None else _achieved(recipe, looker.values(scene))
            yield {**scene_factors, **factors}, achieved

    def frame(self, index: int) -> Frame:
        """Return one frame, the same alone as within a run.

        Raises:
            PlacementError: its scene cannot be drawn.
        """
        each = self.recipe.frames_per_scene
        return next(self._frames(index // each, range(index, index + 1)))

    def scene_frames(self, scene_index: int) -> Iterator[Frame]:
        """Yield all frames of one scene.

        Raises:
            PlacementError: the scene cannot be drawn.
        """
        first = scene_index * self.recipe.frames_per_scene
        last = min(first + self.recipe.frames_per_scene, self.recipe.frames)
        return self._frames(scene_index, range(first, last))

    def scene_instants(self, scene_index: int) -> Iterator[tuple[int, Scene, dict[str, Any]]]:
        """Yield index, scene and factors of each frame of one scene, as sensors would see it; nothing is seen of it.

        Raises:
            PlacementError: the scene, or a frame of it, cannot be drawn.
        """
        recipe, _, _ = self._variant(scene_index)
        base, scene_factors = self.draw_scene(scene_index)
        first = scene_index * recipe.frames_per_scene
        for index in range(first, min(first + recipe.frames_per_scene, recipe.frames)):
            scene, factors = self._draw_frame(recipe, base, index)
            yield index, scene, {**scene_factors, **factors}

    def scene_labels(self, scene_index: int) -> Iterator[Frame]:
        """Yield all frames of one scene with the cameras' labels and black pictures; other sensors see nothing.

        Objects, annotations and factors are those of `scene_frames`, but for the counts of LiDAR points: no light is
        traced.

        Raises:
            PlacementError: the scene, or a frame of it, cannot be drawn.
        """
        recipe, _, _ = self._variant(scene_index)
        tracer: Tracer | None = None
        traced: Scene | None = None
        through = recipe.labels.glass == "seen_through"
        for index, scene, factors in self.scene_instants(scene_index):
            if tracer is None or traced is None or scene.objects is not traced.objects:
                tracer, traced = Tracer(scene.objects, self._threads), scene
            cameras = [sensor for sensor in scene.sensors if isinstance(sensor, Camera)]
            views = tuple(label_view(scene, camera, (tracer,), through_glass=through) for camera in cameras)
            objects, annotations = annotate(scene, views)
            if recipe.targets is not None:
                factors |= _achieved(recipe, measured_values(recipe.targets, scene, objects, annotations))
            yield Frame(
                index=index,
                scene_index=scene_index,
                split=self.recipe.splits.of(scene_index),
                scene=scene,
                observations=views,
                objects=objects,
                annotations=annotations,
                factors=factors,
                time_s=scene.time_s,
            )

    def draw_scene(self, scene_index: int) -> tuple[Scene, dict[str, Any]]:
        """Return a scene at rest with its factors, before what is drawn for each frame.

        Raises:
            PlacementError: no draw within the recipe's ``max_tries`` could be placed.
        """
        failure: PlacementError | None = None
        for attempt in range(self.recipe.max_tries):
            try:
                return self._draw_scene(scene_index, attempt)
            except PlacementError as error:
                failure = error
        raise PlacementError(
            f"scene {scene_index}: could not be drawn in {self.recipe.max_tries} tries; the last one said: {failure}"
        )

    def network(self, scene_index: int) -> Network:
        """Return the road network of a scene.

        Raises:
            RecipeError: the recipe's place is not made of a road network.
        """
        recipe, place, _ = self._variant(scene_index)
        if not isinstance(place, NetworkPlace):
            raise RecipeError(
                f"the place {recipe.place!r} of recipe {recipe.name!r} is a {place.kind}, which is not made of a road "
                f"network; these are: {', '.join(kind.kind for kind in get_args(NetworkPlace))}"
            )
        _, factors = self.draw_scene(scene_index)
        return place.network(Draws(recipe.seed, "place", scene_index, int(factors["scene.attempt"])))

    def _variant(self, scene_index: int) -> tuple[Recipe, Place, dict[str, Any]]:
        """Return the recipe and place of a scene, in which its coverage design has set factors, and which bins."""
        if self.recipe.coverage is None:
            return self.recipe, self.place, {}
        if scene_index >= len(self._settings):
            self._settings = settings(self.recipe.coverage, self.recipe.seed, max(scene_index + 1, self.recipe.scenes))
        setting = self._settings[scene_index]
        recipe, place = with_values(self.recipe, self.place, setting.values, "coverage")
        return recipe, place, {f"coverage.{factor}": name for factor, name in setting.names.items()}

    def _draw_scene(self, scene_index: int, attempt: int) -> tuple[Scene, dict[str, Any]]:
        recipe, place, covered = self._variant(scene_index)
        draws = Draws(recipe.seed, "place", scene_index, attempt)
        scene = place.build(draws, self.library)
        scene = replace(scene, sensors=tuple(mount.build() for mount in recipe.mounts))
        factors = {"scene.attempt": attempt, **covered, **draws.factors}
        for randomizer in recipe.randomizers:
            if randomizer.every == "scene":
                draws = Draws(recipe.seed, randomizer.name, scene_index, attempt)
                scene = randomizer(scene, draws, self.library)
                factors |= draws.factors
        unfolds = recipe.sequence
        until_s = 0.0 if unfolds is None else unfolds.time_s(recipe.frames_per_scene - 1)
        if any(o.dynamic for o in scene.objects):
            if unfolds is not None and unfolds.physics == "record":
                scene = record(scene, recipe.physics, until_s)
            else:
                settled = settle(scene, recipe.physics)
                scene = settled.scene
                factors |= settled.factors
        if unfolds is not None:
            draws = Draws(recipe.seed, "sequence", scene_index, attempt)
            scene = unfold(scene, unfolds.traffic, until_s, draws)
            factors |= draws.factors
        return scene, factors

    def _frames(self, scene_index: int, indices: range) -> Iterator[Frame]:
        recipe, _, _ = self._variant(scene_index)
        base, scene_factors = self.draw_scene(scene_index)
        tracer: Tracer | None = None
        traced: Scene | None = None
        for index in indices:
            scene, factors = self._draw_frame(recipe, base, index)
            if tracer is None or traced is None or scene.objects is not traced.objects:
                tracer, traced = Tracer(scene.objects, self._threads), scene
            observations = observe(recipe, scene, index, tracer)
            if recipe.storage.flow:
                observations = self._with_flow(recipe, base, scene, index, tracer, observations)
            objects, annotations = annotate(scene, observations)
            if recipe.targets is not None:
                factors |= _achieved(recipe, measured_values(recipe.targets, scene, objects, annotations))
            yield Frame(
                index=index,
                scene_index=scene_index,
                split=recipe.splits.of(scene_index),
                scene=scene,
                observations=observations,
                objects=objects,
                annotations=annotations,
                factors={**scene_factors, **factors},
                time_s=scene.time_s,
            )

    def _draw_frame(self, recipe: Recipe, base: Scene, index: int) -> tuple[Scene, dict[str, Any]]:
        """Return a frame's scene and factors: the first draw, or with targets the one chosen among candidates."""
        if recipe.targets is None:
            return self._draw_once(recipe, base, index, 0)
        if self._looker is None or self._looker[0] is not base:
            self._looker = base, Looker(recipe, base.objects, self._threads)
        candidates = self._candidates(recipe, base, index, self._looker[1])
        chosen, told = choose(recipe, self.plan, index, candidates)
        return chosen.scene, {**chosen.factors, **told}

    def _candidates(self, recipe: Recipe, base: Scene, index: int, looker: Looker) -> list[Candidate]:
        """Return a frame's candidates; draws that find no place are none.

        Raises:
            PlacementError: not one found its place.
        """
        found: list[Candidate] = []
        failure: PlacementError | None = None
        for attempt in range(_targets(recipe).tries):
            try:
                scene, factors = self._draw_once(recipe, base, index, attempt)
            except PlacementError as error:
                failure = error
                continue
            found.append(Candidate(scene=scene, factors=factors, attempt=attempt, values=looker.values(scene)))
        if failure is not None and not found:
            raise failure
        return found

    def _draw_once(self, recipe: Recipe, scene: Scene, index: int, attempt: int) -> tuple[Scene, dict[str, Any]]:
        """Return the scene as a frame has it: at the frame's instant, and with what is drawn or laid for each frame."""
        factors: dict[str, Any] = {}
        sequence, drawn_at = recipe.sequence, index
        if sequence is not None:
            drawn_at, k = divmod(index, recipe.frames_per_scene)
            scene = scene_at(scene, sequence.time_s(k))
        for randomizer in recipe.randomizers:
            if randomizer.every == "frame":
                anew = sequence is not None and randomizer.name in sequence.redraw
                draws = Draws(recipe.seed, randomizer.name, index if anew else drawn_at, attempt)
                scene = randomizer(scene, draws, self.library)
                factors |= draws.factors
        return scene, factors

    def _with_flow(
        self,
        recipe: Recipe,
        base: Scene,
        scene: Scene,
        index: int,
        tracer: Tracer,
        observations: tuple[Observation, ...],
    ) -> tuple[Observation, ...]:
        """Return the observations with flow to the frames before and after, drawn anew: frames need no neighbour."""
        each = self.recipe.frames_per_scene
        flows: list[dict[str, Flow]] = [{} for _ in observations]
        for key, other in (("flow_forward", index + 1), ("flow_backward", index - 1)):
            if other // each != index // each or not 0 <= other < self.recipe.frames:
                continue
            there, _ = self._draw_frame(recipe, base, other)
            theirs = tracer if there.objects is scene.objects else Tracer(there.objects, self._threads)
            for found, seen in zip(flows, observations, strict=True):
                if isinstance(seen, View):
                    found[key] = flow(scene, seen, there, theirs)
        return tuple(
            replace(seen, **found) if isinstance(seen, View) else seen
            for seen, found in zip(observations, flows, strict=True)
        )


def pilot_scenes(recipe: Recipe) -> int:
    """Return how many scenes hold the frames that a recipe's targets are worked out on."""
    return -(-_targets(recipe).pilot // recipe.frames_per_scene)


def _targets(recipe: Recipe) -> Targets:
    assert recipe.targets is not None, "asked only of recipes with targets"
    return recipe.targets


def _achieved(recipe: Recipe, values: tuple[list[float], ...]) -> dict[str, list[float]]:
    names = [f"targets.{target.name}.achieved" for target in _targets(recipe).wanted]
    return dict(zip(names, values, strict=True))
