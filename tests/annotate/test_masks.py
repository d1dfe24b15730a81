"""Claims about run-length codes and boxes: equal to pycocotools' and to the plain definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from simgen.annotate.masks import boxes_and_counts, rle_of_crop
from simgen.geometry.boxes import box_of_mask

SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_crop_codes_as_the_whole_mask_does(data):
    crop = data.draw(arrays(bool, SIZES))
    left, top, right, bottom = (data.draw(st.integers(0, 3)) for _ in range(4))
    mask = np.pad(crop, ((top, bottom), (left, right)))
    height, width = mask.shape
    box = (left, top, left + crop.shape[1], top + crop.shape[0])
    rle = rle_of_crop(crop, box, width, height)
    theirs = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert rle.size == (height, width)
    assert rle.counts == theirs["counts"].decode("ascii")


@settings(max_examples=200, deadline=None)
@given(arrays(np.uint16, SIZES, elements=st.integers(0, 4)))
def test_one_pass_finds_every_box_and_count(ids):
    boxes, counts = boxes_and_counts(ids, 5)
    for number in range(6):
        assert counts[number] == (ids == number).sum()
        if counts[number]:
            assert tuple(boxes[number]) == box_of_mask(ids == number)
