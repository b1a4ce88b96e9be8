"""How a notification is written for each channel, and how it gets there."""
