"""The floor: the least that does the same work durably. Flask, two RQ workers, an agent that runs `true`; no API, no rules."""
