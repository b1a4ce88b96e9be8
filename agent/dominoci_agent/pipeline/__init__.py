"""The one model that every pipeline format compiles to, and the rules over it. Pure: no network, no process, no clock."""
