"""`dominoci up`: every process of a single machine as a child of one parent, restarted when it dies, gone when the
parent is gone, however that happens."""
