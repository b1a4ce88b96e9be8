"""The arbiter as the agent sees it: the HTTP calls of the agent's wire, and what is retried."""
