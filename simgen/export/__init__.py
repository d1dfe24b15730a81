"""From truth records to the formats people train on."""
