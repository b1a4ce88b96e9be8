"""Running what `pipeline` describes on this machine. Never talks to the arbiter: what must be told goes to callables."""
