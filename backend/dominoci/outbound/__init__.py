"""Every HTTP request that leaves the arbiter goes through here: a target's address is typed in by a user, so where it
may lead is decided here and nowhere else."""
