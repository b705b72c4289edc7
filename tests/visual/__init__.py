"""How six reports look, as small grey pictures that are kept, so that a change of looks is seen and meant."""
