"""What a frame's record keeps of its scene's makers."""

from __future__ import annotations

from simgen.run.frame_files import _assets_of
from simgen.scene.asset import Credit
from simgen.scene.light import HdriSky
from simgen.scene.scene import Scene
from simgen.truth import AssetRecord

CREDIT = Credit(author="Somebody", licence="CC0-1.0", source="a package")


def test_the_image_of_a_sky_is_credited_like_a_model() -> None:
    scene = Scene(sky=HdriSky(image="/pack/park.hdr", name="hdri/park", credit=CREDIT, digest="abc"))
    expected = AssetRecord(author="Somebody", licence="CC0-1.0", source="a package", digest="abc")
    assert _assets_of(scene) == {"hdri/park": expected}


def test_an_image_without_a_name_is_not_credited() -> None:
    assert _assets_of(Scene(sky=HdriSky(image="sky.hdr"))) == {}
