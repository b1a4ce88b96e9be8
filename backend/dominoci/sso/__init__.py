"""Signing in at GitHub, GitLab or any OpenID Connect provider: what is asked there, and what of the answer is believed."""
