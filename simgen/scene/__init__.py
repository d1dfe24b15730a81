"""All there is at one instant: objects, materials, lights, sky, sensors and the regions they may stand on."""
