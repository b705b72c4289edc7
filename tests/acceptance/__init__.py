"""Facts that a correct system reproduces from figures of the same edition: facts.csv has those that are held, not_held.csv why others are not."""
